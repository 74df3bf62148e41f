using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Alarms.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Alarms;

/// <summary>All alarms, and what this turn changed of them: the table <c>alarm</c>.</summary>
/// <remarks>
/// An alarm that has been over for <see cref="TurnOptions.Retention"/> can't change any more. It goes dormant: it stays in the database until
/// somebody has closed it and <see cref="AlarmOptions.KeepEvidence"/> is over, and of memory it takes two numbers.
/// </remarks>
internal sealed class AlarmStore(DetectionCatalog catalog, AlarmNotices notices, AlarmRecordStore records, Incidents incidents, TurnOptions turns, AlarmOptions options) : ITurnPart, IWindowWatcher
{
    private readonly Dictionary<string, Alarm> _alarms = [];
    private readonly Dictionary<string, PastOccurrences> _dormant = [];
    private readonly Dictionary<string, Alarm> _changed = [];
    private readonly Dictionary<GroupWindow, Touched> _touched = [];
    private readonly HashSet<string> _raised = [];

    /// <summary>Those that this turn changed.</summary>
    public IReadOnlyCollection<Alarm> Changed => _changed.Values;

    public bool IsReplayed => true;

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var alarm in await AlarmRecords.WakefulAsync(connection, cancellationToken))
        {
            _alarms.Add(alarm.Id, alarm);
            incidents.Know(alarm);
        }

        var dormant = await connection.QueryAsync<(string Id, long Occurrence, long Revision)>(
            new CommandDefinition("SELECT id, occurrence, revision FROM alarm WHERE dormant = 1", cancellationToken: cancellationToken));
        foreach (var (id, occurrence, revision) in dormant)
            _dormant[id] = new(occurrence, revision);
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
        _alarms[id] = Alarm.Raise(alarm?.Past ?? _dormant.GetValueOrDefault(id), detection, window, violation, limit, moment.Now);
        _dormant.Remove(id);
        _raised.Add(id);
        if (_touched.TryGetValue(window, out var touched))
            touched.Before = [.. window.Evidence];
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
            var advanced = catalog.FindActive(alarm.Detection) is { } detection
                ? alarm.Advance(WatermarkOf(detection.Definition.Clock, moment), moment.Now)
                : alarm.Retire(moment.Now);
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

    /// <summary>Lays to rest what can't change any more, and deletes what is old and closed.</summary>
    public async Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var floor = now - turns.Retention;
        var deleted = await writes.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    "UPDATE alarm SET dormant = 1 WHERE dormant = 0 AND ended = 1 AND quiet_at < @floor AND changed_at < @floor",
                    new { floor = floor.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken));
                var ids = await connection.QueryAsync<string>(new CommandDefinition(
                    """
                    DELETE FROM alarm WHERE dormant = 1 AND (quiet_at < @oldest OR quiet_at < @closed
                        AND EXISTS (SELECT 1 FROM alarm_handling h WHERE h.alarm_id = alarm.id AND h.closed_occurrence >= alarm.occurrence))
                    RETURNING id
                    """,
                    new { oldest = (now - options.KeepHistory).ToUnixTimeMilliseconds(), closed = (now - options.KeepEvidence).ToUnixTimeMilliseconds() },
                    transaction, cancellationToken: cancellationToken));
                var gone = ids.ToList();
                foreach (var id in gone)
                {
                    await connection.ExecuteAsync(new CommandDefinition(
                        "DELETE FROM alarm_record WHERE alarm_id = @id", new { id }, transaction, cancellationToken: cancellationToken));
                }

                await connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM alarm_record WHERE at < @oldest", new { oldest = (now - options.KeepHistory).ToUnixTimeMilliseconds() }, transaction,
                    cancellationToken: cancellationToken));
                return gone;
            },
            cancellationToken,
            repeatable: true);
        Rest(floor);
        foreach (var id in deleted)
        {
            _dormant.Remove(id);
            notices.Forget(id, now);
        }
    }

    /// <summary>Keeps of alarms that have not fired since <paramref name="floor"/> only what the next occurrence needs.</summary>
    private void Rest(DateTimeOffset floor)
    {
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Ended && alarm.QuietAt < floor && alarm.ChangedAt < floor).ToList())
        {
            _alarms.Remove(alarm.Id);
            _dormant[alarm.Id] = alarm.Past;
            incidents.Forget(alarm);
            notices.Rest(alarm.Id);
            records.Rest(alarm);
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
            // What came before the alarm was raised counts for it, too.
            var candidates = _raised.Contains(window.Id) ? window.Evidence.Concat(touched.Records).DistinctBy(record => record.EventId) : touched.Records;
            var evidence = candidates.Where(record => record.EventTime >= rested.FirstSeen && record.EventTime < rested.QuietAt).ToList();
            records.Add(rested, touched.Before.Where(record => record.EventTime >= rested.FirstSeen).Concat(evidence).DistinctBy(record => record.EventId));
            if (!rested.Ended)
            {
                rested = rested with { Traits = rested.Traits.With(rested.Group, evidence) };
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

        /// <summary>Summaries of the window when its alarm was raised: later records of the turn may push them out.</summary>
        public IReadOnlyList<Evidence> Before { get; set; } = [];
    }

    /// <summary>What Sentinel sees itself is complete up to now, whatever becomes of the trail.</summary>
    private static Watermark WatermarkOf(Clock clock, TurnMoment moment) =>
        clock == Clock.Wall ? new(moment.Now, moment.Now, false) : moment.Watermark;
}
