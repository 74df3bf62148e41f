using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.State;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Alarms;

/// <summary>All alarms, and what this turn changed of them.</summary>
internal sealed class AlarmBook(IEnumerable<Alarm> alarms, DetectionCatalog catalog, AlarmDesk desk) : IWindowWatcher
{
    private readonly Dictionary<string, Alarm> _alarms = alarms.ToDictionary(alarm => alarm.Id);
    private readonly Dictionary<string, (GroupWindow Window, ConfiguredDetection Detection)> _touched = [];
    private readonly HashSet<string> _raised = [];

    /// <summary>A group has a new record: if it has an alarm, the record may belong to its evidence.</summary>
    public void Touch(ConfiguredDetection detection, GroupWindow window) => _touched[Alarm.IdOf(detection.Definition.Id, window.Group.Key)] = (window, detection);

    /// <summary>A record reached the threshold: raises its group's alarm, or adds to it.</summary>
    public void Report(ConfiguredDetection detection, GroupWindow window, Violation violation, Limit limit, Watermark watermark, DateTimeOffset now)
    {
        var id = Alarm.IdOf(detection.Definition.Id, window.Group.Key);
        var alarm = _alarms.GetValueOrDefault(id);
        if (alarm is not null && (!alarm.Ended || alarm.IsLatePart(violation, WatermarkOf(detection.Definition.Clock, watermark, now).Known)))
        {
            _alarms[id] = alarm.Extend(violation);
            return;
        }

        _alarms[id] = Alarm.Raise(alarm, detection, window.Group, violation, limit, now);
        _raised.Add(id);
    }

    /// <summary>A record was corrected: it is no evidence any more. What was raised by it stays raised.</summary>
    public void Withdraw(string eventId, TurnChanges changes)
    {
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Evidence.Any(record => record.EventId == eventId)).ToList())
        {
            Put(
                alarm with { Evidence = [.. alarm.Evidence.Where(record => record.EventId != eventId)], EvidenceTotal = alarm.EvidenceTotal - 1 },
                changes);
        }
    }

    /// <summary>Ends the turn: gives the alarms concerned their evidence, announces those raised, and lets the watermark move them all.</summary>
    public void Advance(Watermark watermark, DateTimeOffset now, TurnChanges changes)
    {
        foreach (var (id, (window, detection)) in _touched)
        {
            if (_alarms.TryGetValue(id, out var alarm))
                Put(alarm.Rest(window, detection.Settings), changes);
        }

        foreach (var id in _raised)
            desk.Raised(_alarms[id], changes);

        foreach (var alarm in _alarms.Values.ToList())
        {
            var advanced = alarm.Advance(WatermarkOf(catalog.Find(alarm.Detection)?.Definition.Clock ?? Clock.Trail, watermark, now), now);
            if (ReferenceEquals(advanced, alarm))
                continue;

            Put(advanced, changes);
            // Whether a long-ended alarm is OK or unknown is for the page, not for the pager.
            desk.Changed(advanced, tell: !alarm.Ended, changes);
        }

        desk.Advance(_alarms, changes);

        _touched.Clear();
        _raised.Clear();
    }

    /// <summary>Forgets alarms that have not fired since <paramref name="floor"/>.</summary>
    public void Prune(DateTimeOffset floor, DateTimeOffset now)
    {
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Ended && alarm.QuietAt < floor && alarm.ChangedAt < floor).ToList())
        {
            _alarms.Remove(alarm.Id);
            desk.Forget(alarm.Id, now);
        }
    }

    private void Put(Alarm alarm, TurnChanges changes)
    {
        _alarms[alarm.Id] = alarm;
        changes.Alarms[alarm.Id] = alarm;
    }

    /// <summary>What Sentinel sees itself is complete up to now, whatever becomes of the trail.</summary>
    private static Watermark WatermarkOf(Clock clock, Watermark watermark, DateTimeOffset now) => clock == Clock.Wall ? new(now, now, false) : watermark;
}
