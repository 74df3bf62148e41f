using System.Runtime.InteropServices;
using KmsLab.Sentinel.FastPath;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Calls by minute of event time. One thread's, until it is merged.</summary>
internal sealed class MinuteCounts
{
    private readonly Dictionary<int, CallCounts> _minutes = [];
    private int _minute = -1;
    private CallCounts _counts = new();

    /// <summary>The calls of each minute, counted in minutes since the year 1.</summary>
    public IReadOnlyDictionary<int, CallCounts> Minutes => _minutes;

    /// <summary>Counts a call.</summary>
    /// <param name="ticks">Its time, UTC ticks.</param>
    /// <param name="keys">What it is counted by.</param>
    public void Add(long ticks, ReadOnlySpan<CallKey> keys)
    {
        var minute = (int)(ticks / TimeSpan.TicksPerMinute);
        if (minute != _minute)
            GoTo(minute);
        foreach (var key in keys)
            _counts.Add(key, 1);
    }

    /// <summary>Adds up what several threads counted. Where one alone knows a minute, as is usual, there is nothing to do for it.</summary>
    public static IReadOnlyDictionary<int, CallCounts> Merge(IReadOnlyList<MinuteCounts> parts)
    {
        var minutes = parts
            .SelectMany(part => part._minutes)
            .GroupBy(minute => minute.Key, minute => minute.Value)
            .ToDictionary(minute => minute.Key, minute => minute.ToList());
        Parallel.ForEach(minutes.Values.Where(minute => minute.Count > 1), minute =>
        {
            foreach (var counts in minute[1..])
                minute[0].Add(counts);
        });
        return minutes.ToDictionary(minute => minute.Key, minute => minute.Value[0]);
    }

    private void GoTo(int minute)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_minutes, minute, out _);
        (_minute, _counts) = (minute, counts ??= new());
    }
}
