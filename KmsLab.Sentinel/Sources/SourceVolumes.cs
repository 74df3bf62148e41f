using System.Collections.Concurrent;

namespace KmsLab.Sentinel.Sources;

/// <summary>How much each source holds, minute by minute of the events' stamps over the last two days. Safe to use from any thread.</summary>
/// <remarks>Every pass counts each event of its range once, so of several passes over a minute the one that saw most of it is right.</remarks>
internal sealed class SourceVolumes
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(48);

    private readonly ConcurrentDictionary<string, SortedDictionary<DateTimeOffset, Volume>> _sources = new();

    /// <summary>A pass has seen so much until now.</summary>
    public void Learn(string source, PassTally tally, DateTimeOffset now)
    {
        var minutes = _sources.GetOrAdd(source, _ => []);
        lock (minutes)
        {
            foreach (var (minute, volume) in tally.Minutes.Where(pair => pair.Key > now - Kept))
                minutes[minute] = minutes.GetValueOrDefault(minute).Max(volume);
            while (minutes.Count > 0 && minutes.First().Key <= now - Kept)
                minutes.Remove(minutes.First().Key);
        }
    }

    /// <summary>The minutes in which anything is stamped, the oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset Minute, Volume Volume)> Of(string source)
    {
        if (!_sources.TryGetValue(source, out var minutes))
            return [];
        lock (minutes)
            return [.. minutes.Select(pair => (pair.Key, pair.Value))];
    }
}
