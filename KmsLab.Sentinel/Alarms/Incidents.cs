using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Finds the alarms of one incident: those with a principal, session, access key or KMS key in common, at about the same event time.</summary>
internal sealed class Incidents(DetectionCatalog catalog, AlarmOptions options)
{
    /// <summary>So many alarms are looked at for what they have in common, and so many are named.</summary>
    private const int MostLookedAt = 200;
    private const int MostNamed = 50;

    private readonly Dictionary<string, HashSet<string>> _byTie = new(StringComparer.Ordinal);

    /// <summary>An alarm takes part from now on.</summary>
    public void Know(Alarm alarm)
    {
        foreach (var tie in alarm.Traits.Ties)
        {
            if (!_byTie.TryGetValue(tie, out var alarms))
                _byTie.Add(tie, alarms = []);
            alarms.Add(alarm.Id);
        }
    }

    /// <summary>An alarm is no longer kept.</summary>
    public void Forget(Alarm alarm)
    {
        foreach (var tie in alarm.Traits.Ties)
        {
            if (_byTie.TryGetValue(tie, out var alarms) && alarms.Remove(alarm.Id) && alarms.Count == 0)
                _byTie.Remove(tie);
        }
    }

    public Severity SeverityOf(Alarm alarm) => catalog.Find(alarm.Detection)?.Definition.Severity ?? Severity.Low;

    /// <summary>Names an alarm's relatives to it, and it to them.</summary>
    /// <returns>The alarms that this changes.</returns>
    public IReadOnlyList<Alarm> Relate(Alarm alarm, IReadOnlyDictionary<string, Alarm> alarms)
    {
        if (options.RelatedWithin <= TimeSpan.Zero)
            return [];

        var changed = new List<Alarm>();
        foreach (var (id, ties) in Sharing(alarm))
        {
            if (!alarms.TryGetValue(id, out var other) || !AreClose(alarm, other))
                continue;

            if (Name(other, to: alarm, ties) is { } named)
                alarm = named;
            if (Name(alarm, to: other, ties) is { } back)
                changed.Add(back);
        }

        return changed.Count == 0 ? [] : [alarm, .. changed];
    }

    private Dictionary<string, List<string>> Sharing(Alarm alarm)
    {
        var sharing = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var tie in alarm.Traits.Ties)
        {
            foreach (var id in _byTie.GetValueOrDefault(tie)?.Where(id => id != alarm.Id).Take(MostLookedAt) ?? [])
            {
                if (!sharing.TryGetValue(id, out var ties))
                    sharing.Add(id, ties = []);
                ties.Add(tie);
            }
        }

        return sharing;
    }

    private bool AreClose(Alarm one, Alarm other) =>
        one.FirstSeen - options.RelatedWithin <= other.LastSeen && other.FirstSeen - options.RelatedWithin <= one.LastSeen;

    /// <summary>Null when it is named already, with all that they have in common.</summary>
    private Alarm? Name(Alarm relative, Alarm to, List<string> ties)
    {
        var named = to.Traits.Relatives;
        var known = named.FirstOrDefault(other => other.AlarmId == relative.Id);
        if (known is not null && known.Occurrence == relative.Occurrence && known.Ties.Count >= ties.Count || known is null && named.Count >= MostNamed)
            return null;

        var entry = new AlarmRelative(relative.Id, relative.Detection, SeverityOf(relative), relative.Occurrence, relative.FirstSeen, ties);
        return to with { Traits = to.Traits with { Relatives = [.. named.Where(other => other.AlarmId != relative.Id), entry] } };
    }
}
