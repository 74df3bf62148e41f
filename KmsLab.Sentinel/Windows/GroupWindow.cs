using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Windows;

/// <summary>What a detection knows of one group: exact counts by event time, and summaries of the latest records.</summary>
/// <remarks>Summaries are kept before anybody knows whether they matter: an alarm rests on records that came before it.</remarks>
internal sealed class GroupWindow(DetectionGroup group, ConfiguredDetection detection, IEnumerable<Evidence> evidence)
{
    private readonly List<Evidence> _evidence = [.. evidence];

    public DetectionGroup Group { get; } = group;

    public SlidingWindow Counts { get; } = new();

    /// <summary>For a detection that counts distinct values.</summary>
    public DistinctWindow? Values { get; } = detection.Definition.Measure == Measure.DistinctValues ? new(detection.Settings.Window) : null;

    /// <summary>In order of event time, at most <see cref="Evidence.Limit"/>.</summary>
    public IReadOnlyList<Evidence> Evidence => _evidence;

    public void Add(Evidence record)
    {
        Counts.Add(record.EventTime.ToUnixTimeMilliseconds());

        _evidence.Insert(_evidence.FindLastIndex(other => other.EventTime <= record.EventTime) + 1, record);
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
