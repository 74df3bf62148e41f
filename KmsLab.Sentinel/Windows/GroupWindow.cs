using System.Security.Cryptography;
using System.Text;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Windows;

/// <summary>A group of a detection.</summary>
internal readonly record struct WindowKey(string Detection, string Group)
{
    /// <summary>The key in 16 hexadecimal digits: the same on every Sentinel and after every restart.</summary>
    public string ToId() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Detection}\n{Group}")).AsSpan(0, 8));
}

/// <summary>What a detection knows of one group: exact counts by event time, and summaries of the latest records.</summary>
/// <remarks>Summaries are kept before anybody knows whether they matter: an alarm rests on records that came before it.</remarks>
internal sealed class GroupWindow(WindowKey key, DetectionGroup group, ConfiguredDetection detection, IEnumerable<Evidence> evidence)
{
    private readonly List<Evidence> _evidence = [.. evidence];

    /// <summary>Names the group among those of all detections.</summary>
    public WindowKey Key { get; } = key;

    /// <summary>Names the group's alarm, should there be one.</summary>
    public string Id => field ??= Key.ToId();

    public DetectionGroup Group { get; } = group;

    public SlidingWindow Counts { get; } = new();

    /// <summary>For a detection that counts distinct values.</summary>
    public DistinctWindow? Values { get; } = detection.Definition.Measure == Measure.DistinctValues ? new(detection.Settings.Window) : null;

    /// <summary>In order of event time, at most <see cref="Evidence.Limit"/>.</summary>
    public IReadOnlyList<Evidence> Evidence => _evidence;

    public void Add(Evidence record)
    {
        Counts.Add(record.EventTime.ToUnixTimeMilliseconds());

        var index = _evidence.Count;
        while (index > 0 && _evidence[index - 1].EventTime > record.EventTime)
            index--;
        _evidence.Insert(index, record);
        if (_evidence.Count > Trail.Evidence.Limit)
            _evidence.RemoveAt(0);
    }

    /// <summary>Looks at every window that holds the instant <paramref name="at"/>.</summary>
    public Violation? FindViolation(long at, long threshold) => (Values, detection.Settings) switch
    {
        ({ } values, _) => values.FindViolation(at, threshold),
        (_, var settings) when settings.Periods > 1 || detection.Definition.IsAligned => Counts.FindPersistent(at, settings.Window, threshold, settings.Datapoints, settings.Periods),
        (_, var settings) => Counts.FindViolation(at, settings.Window, threshold),
    };

    /// <summary>Takes back a record, if its summary is still kept.</summary>
    /// <returns>The summary, or null.</returns>
    public Evidence? Withdraw(string eventId)
    {
        var index = _evidence.FindIndex(record => record.EventId == eventId);
        if (index < 0)
            return null;

        var withdrawn = _evidence[index];
        _evidence.RemoveAt(index);
        Counts.Add(withdrawn.EventTime.ToUnixTimeMilliseconds(), -1);
        return withdrawn;
    }

    public void Prune(DateTimeOffset floor)
    {
        Counts.Prune(floor.ToUnixTimeMilliseconds());
        Values?.Prune(floor.ToUnixTimeMilliseconds());
        _evidence.RemoveAll(record => record.EventTime < floor);
    }
}
