using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Alarms;

/// <summary>All alarms, and what this turn changed of them: the table <c>alarm</c>.</summary>
internal sealed class AlarmStore(DetectionCatalog catalog, AlarmNotices notices, Incidents incidents, TurnOptions turns) : ITurnPart, IWindowWatcher
{
    private readonly Dictionary<string, Alarm> _alarms = [];
    private readonly Dictionary<string, Alarm> _changed = [];
    private readonly Dictionary<GroupWindow, Touched> _touched = [];
    private readonly HashSet<string> _raised = [];

    /// <summary>Those that this turn changed.</summary>
    public IReadOnlyCollection<Alarm> Changed => _changed.Values;

    public bool IsReplayed => true;

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var alarm in await AlarmRecords.AlarmsAsync(connection, cancellationToken))
        {
            _alarms.Add(alarm.Id, alarm);
            incidents.Know(alarm);
        }
    }

    /// <summary>A group has a new record: if it has an alarm, the record may belong to its evidence.</summary>
    public void Touch(ConfiguredDetection detection, GroupWindow window, Evidence record)
    {
        if (!_touched.TryGetValue(window, out var touched))
            _touched.Add(window, touched = new(detection));
        touched.Records.Add(record);
    }

    /// <summary>A record reached the threshold: raises its group's alarm, or adds to it.</summary>
    public void Report(ConfiguredDetection detection, GroupWindow window, Violation violation, Limit limit, TurnMoment moment)
    {
        var id = window.Id;
        var alarm = _alarms.GetValueOrDefault(id);
        if (alarm is not null && (!alarm.Ended || alarm.IsLatePart(violation, WatermarkOf(detection.Definition.Clock, moment).Known)))
        {
            _alarms[id] = alarm.Extend(violation);
            return;
        }

        if (alarm is not null)
            incidents.Forget(alarm);
        _alarms[id] = Alarm.Raise(alarm, detection, window, violation, limit, moment.Now);
        _raised.Add(id);
    }

    /// <summary>A record was corrected, or so another one says: that is marked. What was raised by it stays raised, and no evidence goes away.</summary>
    public void Withdraw(string eventId)
    {
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Evidence.Any(record => record.EventId == eventId)).ToList())
            Put(alarm with { Evidence = [.. alarm.Evidence.Select(record => record.EventId == eventId ? record with { IsCorrected = true } : record)] });
    }

    /// <summary>Ends the turn: gives the alarms concerned their evidence, announces those raised, and lets the watermark move them all.</summary>
    public void Advance(TurnMoment moment)
    {
        notices.TakeCommands(_alarms);
        foreach (var id in TakeUp())
        {
            foreach (var related in incidents.Relate(_alarms[id], _alarms))
                Put(related);
        }

        // The most severe first: it leads, and tells of the others.
        foreach (var id in _raised.OrderByDescending(id => incidents.SeverityOf(_alarms[id])).ThenBy(id => id, StringComparer.Ordinal))
            notices.Raised(_alarms[id], _alarms);

        foreach (var alarm in _alarms.Values.ToList())
        {
            var advanced = alarm.Advance(WatermarkOf(catalog.Find(alarm.Detection)?.Definition.Clock ?? Clock.Trail, moment), moment.Now);
            if (ReferenceEquals(advanced, alarm))
                continue;

            Put(advanced);
            // Whether a long-ended alarm is OK or unknown is for the page, not for the pager.
            notices.Changed(advanced, tell: !alarm.Ended, _alarms);
        }

        notices.Advance(_alarms);

        _touched.Clear();
        _raised.Clear();
    }

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => AlarmRow.WriteAsync(transaction, _changed.Values, cancellationToken);

    public void Committed() => _changed.Clear();

    /// <summary>Deletes alarms that have not fired since the retention.</summary>
    public async Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var floor = now - turns.Retention;
        await writes.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM alarm WHERE ended = 1 AND quiet_at < @floor AND changed_at < @floor",
                new { floor = floor.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
            cancellationToken,
            repeatable: true);
        Prune(floor, now);
    }

    /// <summary>Forgets alarms that have not fired since <paramref name="floor"/>.</summary>
    private void Prune(DateTimeOffset floor, DateTimeOffset now)
    {
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Ended && alarm.QuietAt < floor && alarm.ChangedAt < floor).ToList())
        {
            _alarms.Remove(alarm.Id);
            incidents.Forget(alarm);
            notices.Forget(alarm.Id, now);
        }
    }

    /// <summary>Gives alarms what their windows hold now.</summary>
    /// <returns>Those whose occurrence goes on.</returns>
    private List<string> TakeUp()
    {
        var open = new List<string>();
        foreach (var (window, touched) in _touched)
        {
            if (!_alarms.TryGetValue(window.Id, out var alarm))
                continue;

            var rested = alarm.Rest(window, touched.Detection.Settings);
            if (!rested.Ended)
            {
                // What came before the alarm was raised counts for it, too.
                var records = _raised.Contains(window.Id) ? window.Evidence.Concat(touched.Records).DistinctBy(record => record.EventId) : touched.Records;
                rested = rested with { Traits = rested.Traits.With(rested.Group, [.. records.Where(record => record.EventTime >= rested.FirstSeen && record.EventTime < rested.QuietAt)]) };
                incidents.Know(rested);
                open.Add(window.Id);
            }

            Put(rested);
        }

        return open;
    }

    private void Put(Alarm alarm)
    {
        _alarms[alarm.Id] = alarm;
        _changed[alarm.Id] = alarm;
    }

    /// <summary>A group's new records of this turn.</summary>
    private sealed class Touched(ConfiguredDetection detection)
    {
        public ConfiguredDetection Detection { get; } = detection;

        public List<Evidence> Records { get; } = [];
    }

    /// <summary>What Sentinel sees itself is complete up to now, whatever becomes of the trail.</summary>
    private static Watermark WatermarkOf(Clock clock, TurnMoment moment) =>
        clock == Clock.Wall ? new(moment.Now, moment.Now, false) : moment.Watermark;
}
