using KmsLab.Sentinel.Alarms;

namespace KmsLab.Sentinel.Detection;

/// <summary>What a detection knows of one group: exact counts by event time, and summaries of the latest records.</summary>
/// <remarks>Summaries are kept before anybody knows whether they matter: an alarm rests on records that came before it.</remarks>
internal sealed class GroupWindow(DetectionGroup group, IEnumerable<Evidence> evidence)
{
    private readonly List<Evidence> _evidence = [.. evidence];

    public DetectionGroup Group { get; } = group;

    public SlidingWindow Counts { get; } = new();

    /// <summary>In order of event time, at most <see cref="Evidence.Limit"/>.</summary>
    public IReadOnlyList<Evidence> Evidence => _evidence;

    public void Add(Evidence record)
    {
        Counts.Add(record.EventTime.ToUnixTimeMilliseconds());

        _evidence.Insert(_evidence.FindLastIndex(other => other.EventTime <= record.EventTime) + 1, record);
        if (_evidence.Count > Alarms.Evidence.Limit)
            _evidence.RemoveAt(0);
    }

    public void Prune(DateTimeOffset floor)
    {
        Counts.Prune(floor.ToUnixTimeMilliseconds());
        _evidence.RemoveAll(record => record.EventTime < floor);
    }
}
