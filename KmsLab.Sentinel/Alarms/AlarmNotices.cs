using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Decides what people are told of alarms, and when: at each change of state, again while one goes on firing, and not while it is silenced.</summary>
/// <remarks>
/// It remembers what they were told last. When a silence ends, an alarm that is still firing is said once; one that they believe to be firing, and
/// that is over, is said to be over; what came and went in silence is not said at all. The history tells all of it. An alarm is not said by itself while a
/// more severe one of its incident is firing that people were told of and that tells of it (as Alertmanager inhibits); nor is one that was acknowledged,
/// until more happens than the acknowledgement covers.
/// </remarks>
internal sealed class AlarmNotices(DetectionCatalog catalog, Incidents incidents, IOutbox outbox, CommandFrame commands, AlarmOptions options) : ITurnPart
{
    private readonly Dictionary<string, AlarmHandling> _handlings = [];
    private readonly HandlingChanges _changes = new();
    private IReadOnlyList<AlarmCommand> _commands = [];
    private IReadOnlyList<MatchedSilence> _silences = [];
    private IReadOnlyList<MatchedSilence> _untold = [];
    private DateTimeOffset _now;

    public bool IsReplayed => true;

    public bool HasChanges => !_changes.IsEmpty;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var handling in await AlarmRecords.HandlingsAsync(connection, cancellationToken))
            _handlings.Add(handling.AlarmId, handling);
        _silences = await SilenceRows.LiveAsync(connection, DateTimeOffset.MinValue, cancellationToken);
    }

    /// <summary>Fetches what people have asked for and no turn has taken in; turns with records go on without.</summary>
    public async Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        Begin(now);
        if (turn is not (Turn.OwnWork or Turn.Tick))
            return;

        (_commands, _silences, _untold) = await database.ReadAsync(
            async connection => (
                await AlarmRecords.CommandsAsync(connection, cancellationToken),
                await SilenceRows.LiveAsync(connection, now, cancellationToken),
                await SilenceRows.UntoldAsync(connection, cancellationToken)),
            cancellationToken);
    }

    /// <summary>A turn begins, and nobody has asked for anything.</summary>
    public void Begin(DateTimeOffset now) => (_now, _commands, _untold) = (now, [], []);

    /// <summary>Silences that cover what watches the audit path.</summary>
    public IEnumerable<Finding> Findings()
    {
        foreach (var command in _commands)
        {
            if (command is { Kind: AlarmCommandKind.Silence, Until: { } until, Detection: { } detection } && catalog.Find(detection)?.Definition.WatchesAuditPath == true)
                yield return Silenced($"alarm {command.AlarmId}", $"{command.By} silenced an alarm of {detection} until {Instants.Text(until)}: {command.Reason}");
        }

        foreach (var silence in _untold)
        {
            _changes.ToldSilences.Add(silence.Id);
            if (silence.AuditPath(catalog).ToList() is { Count: > 0 } detections)
                yield return Silenced($"silence {silence.Id}", $"{silence.By} silenced {string.Join(", ", detections)} until {Instants.Text(silence.Ends)}: {silence.Reason}");
        }
    }

    /// <summary>Does what people asked for.</summary>
    /// <param name="alarms">All alarms.</param>
    public void TakeCommands(IReadOnlyDictionary<string, Alarm> alarms)
    {
        foreach (var command in _commands)
        {
            Put(Of(command.AlarmId).Apply(command));
            _changes.Commands.Add(command);
            _changes.History.Add(HistoryEntry.Of(command));
            if (command.Kind == AlarmCommandKind.Acknowledge && alarms.TryGetValue(command.AlarmId, out var alarm))
                TellAcknowledged(alarm, command);
        }
    }

    /// <summary>An occurrence has begun: nobody has acknowledged or closed it yet.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="alarms">All alarms.</param>
    public void Raised(Alarm alarm, IReadOnlyDictionary<string, Alarm> alarms)
    {
        if (Of(alarm.Id) is var handling && (handling.Acknowledged is not null || handling.Closed is not null))
            Put(handling with { Acknowledged = null, Closed = null, Covered = null });
        Changed(alarm, tell: true, alarms);
    }

    /// <summary>An alarm has changed its state.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="tell">Whether people want to know.</param>
    /// <param name="alarms">All alarms.</param>
    public void Changed(Alarm alarm, bool tell, IReadOnlyDictionary<string, Alarm> alarms)
    {
        var detection = catalog.FindActive(alarm.Detection);
        var why = detection is null ? WhyRetired(alarm) : AlarmText.Why(alarm, detection.Definition);
        if (detection is null)
            _changes.History.Add(new(alarm.Id, _now, HistoryKind.Retired, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence, Reason: why));
        _changes.History.Add(new(alarm.Id, _now, HistoryKind.State, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence, Reason: why) { Detection = alarm.Detection });
        if (!tell)
            return;

        if (IsSilenced(alarm))
            Tell(alarm);
        else if (alarm.State != AlarmState.Ok && InhibitorOf(alarm, alarms) is { } leader)
            _changes.History.Add(new(alarm.Id, _now, HistoryKind.Inhibited, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence, Reason: $"told with {leader.Detection} ({leader.Id})"));
        else if (alarm.State != AlarmState.Ok || IsBelievedToFire(alarm))
            Tell(alarm);
    }

    /// <summary>Ends the turn: silences whose time is up, and reminders.</summary>
    public void Advance(IReadOnlyDictionary<string, Alarm> alarms)
    {
        foreach (var handling in _handlings.Values.Where(handling => handling.Silence is { } silence && silence.Until <= _now).ToList())
        {
            _changes.History.Add(new(handling.AlarmId, _now, HistoryKind.SilenceEnded, HistoryEntry.Sentinel));
            Put(handling with { Silence = null });
        }

        foreach (var alarm in alarms.Values)
            CatchUp(alarm, alarms);
    }

    /// <summary>An alarm is over for good: what an acknowledgement of it covers matters no more.</summary>
    public void Rest(string alarmId)
    {
        if (_handlings.TryGetValue(alarmId, out var handling))
            _handlings[alarmId] = handling with { Covered = null };
    }

    /// <summary>An alarm is no longer kept. Its silence may still be.</summary>
    public void Forget(string alarmId, DateTimeOffset now)
    {
        if (_handlings.TryGetValue(alarmId, out var handling) && !handling.IsSilenced(now))
            _handlings.Remove(alarmId);
    }

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => _changes.WriteAsync(transaction, cancellationToken);

    public void Committed() => _changes.Clear();

    /// <summary>Forgets history that is old, and how alarms were handled that are forgotten.</summary>
    public Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM alarm_history WHERE happened_at < @floor;
            DELETE FROM silence WHERE ends_at < @floor;
            DELETE FROM alarm_handling WHERE silenced_until < @now AND NOT EXISTS (SELECT 1 FROM alarm WHERE alarm.id = alarm_handling.alarm_id);
            """,
            new { floor = (now - options.KeepHistory).ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    /// <summary>Says what was withheld and still holds, or reminds of what was said.</summary>
    private void CatchUp(Alarm alarm, IReadOnlyDictionary<string, Alarm> alarms)
    {
        var handling = Of(alarm.Id);
        if (IsSilenced(alarm))
            return;

        if (handling.Told is { State: not AlarmState.Ok } && alarm.Ended)
            Tell(alarm with { State = AlarmState.Ok });
        else if (!alarm.Ended)
            CatchUpOnFiring(alarm, handling, alarms);
    }

    private void CatchUpOnFiring(Alarm alarm, AlarmHandling handling, IReadOnlyDictionary<string, Alarm> alarms)
    {
        var news = NewsOf(alarm, handling);
        var isUntold = handling.Told?.Revision != alarm.Revision;
        var isDue = handling.Told is { } told && IsReminderDue(alarm, handling, told, _now);
        if (news is null && !isUntold && !isDue || InhibitorOf(alarm, alarms) is not null)
            return;

        if (news is not null)
            TellNews(alarm, handling, news);
        else if (isUntold)
            Tell(alarm);
        else
            Remind(alarm, handling);
    }

    private bool IsReminderDue(Alarm alarm, AlarmHandling handling, Told told, DateTimeOffset now) =>
        options.RemindEvery > TimeSpan.Zero && !handling.IsKnown(alarm) && now - told.At >= options.RemindEvery;

    /// <summary>Tells what the acknowledgement does not cover. One that was given before that was kept covers what there is now.</summary>
    private string? NewsOf(Alarm alarm, AlarmHandling handling)
    {
        if (!handling.IsKnown(alarm))
            return null;
        if (handling.Covered is { } covered)
            return covered.NewsOf(alarm, options.NewsFactor);

        Put(handling with { Covered = Covered.Of(alarm) });
        return null;
    }

    /// <summary>The more severe alarm of the incident that is firing and tells of this one; null where it is to be told by itself.</summary>
    private Alarm? InhibitorOf(Alarm alarm, IReadOnlyDictionary<string, Alarm> alarms)
    {
        if (!options.Inhibit || alarm.Traits.Relatives.Count == 0)
            return null;

        var severity = incidents.SeverityOf(alarm);
        return alarm.Traits.Relatives.Where(relative => relative.Severity > severity)
            .Select(relative => alarms.GetValueOrDefault(relative.AlarmId) is { Ended: false } other && other.Occurrence == relative.Occurrence ? other : null)
            .OfType<Alarm>().FirstOrDefault(leader => IsHeard(leader, alarm));
    }

    /// <summary>Tells whether people were told of a leading alarm. One that is silenced tells nobody; one that was acknowledged tells no more than was seen then.</summary>
    private bool IsHeard(Alarm leader, Alarm of)
    {
        var handling = Of(leader.Id);
        return IsBelievedToFire(leader) && !IsSilenced(leader) && catalog.FindActive(leader.Detection) is { Settings.Mode: DetectionMode.On }
            && (!handling.IsKnown(leader) || handling.Covered is null || handling.Covered.Has(of));
    }

    private bool IsBelievedToFire(Alarm alarm) => Of(alarm.Id).Told is { State: not AlarmState.Ok };

    /// <summary>Tells whoever was told of the alarm, and keeps it open, that somebody has taken it on.</summary>
    private void TellAcknowledged(Alarm alarm, AlarmCommand command)
    {
        if (Of(alarm.Id).WasAcknowledged(alarm) && IsBelievedToFire(alarm) && catalog.Find(alarm.Detection) is { } detection)
            outbox.Add(Titled(Notification.OfAcknowledgement(alarm, detection.Definition, command.By, command.At)));
    }

    private void TellNews(Alarm alarm, AlarmHandling handling, string news)
    {
        if (catalog.FindActive(alarm.Detection) is not { Settings.Mode: DetectionMode.On } detection)
            return;

        Put(handling.WithNews(new(_now, news)) with { Told = new(alarm.State, alarm.Revision, _now, handling.Told?.Reminders ?? 0) });
        Send(Notification.OfNews(alarm, detection.Definition, news, _now), HistoryKind.News, news);
    }

    /// <summary>Tells of an alarm whose detection is on; and of its end whoever keeps it open, whatever became of the detection.</summary>
    private void Tell(Alarm alarm)
    {
        var detection = catalog.FindActive(alarm.Detection);
        var isEnd = alarm.State == AlarmState.Ok && IsBelievedToFire(alarm);
        if (detection is not { Settings.Mode: DetectionMode.On } && !isEnd)
            return;

        var handling = Of(alarm.Id);
        if (IsSilenced(alarm))
        {
            var silence = handling.IsSilenced(_now) ? null : SilenceOf(alarm);
            _changes.History.Add(new(alarm.Id, _now, HistoryKind.Withheld, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence, Until: silence?.Ends, Reason: silence?.Reason));
            return;
        }

        Put(handling with { Told = new(alarm.State, alarm.Revision, _now, 0) });
        Send(detection is null ? Retired(alarm) : Notification.Of(alarm, detection.Definition), HistoryKind.Notified);
    }

    private Notification Retired(Alarm alarm) =>
        Notification.Of(alarm, catalog.Find(alarm.Detection)?.Definition ?? DetectionCatalog.Gone(alarm.Detection)) with
        {
            Retired = RetirementOf(alarm),
            Why = WhyRetired(alarm),
        };

    private Retirement RetirementOf(Alarm alarm) => catalog.Find(alarm.Detection) is null ? Retirement.Gone : Retirement.Off;

    private string WhyRetired(Alarm alarm) => AlarmText.WhyRetired(alarm.Detection, RetirementOf(alarm), Texts.English);

    private void Remind(Alarm alarm, AlarmHandling handling)
    {
        if (catalog.FindActive(alarm.Detection) is not { Settings.Mode: DetectionMode.On } detection)
            return;

        var reminder = (handling.Told?.Reminders ?? 0) + 1;
        Put(handling with { Told = new(alarm.State, alarm.Revision, _now, reminder) });
        Send(Notification.Of(alarm, detection.Definition, reminder), HistoryKind.Reminded);
    }

    private void Send(Notification notification, HistoryKind kind, string? reason = null)
    {
        outbox.Add(Titled(notification));
        _changes.History.Add(new(notification.AlarmId, _now, kind, HistoryEntry.Sentinel, notification.State, notification.Occurrence, notification.Id, Reason: reason));
    }

    private Notification Titled(Notification notification) =>
        notification with
        {
            Runbook = commands.Fit(notification.Runbook ?? []),
            Relatives = [.. notification.Relatives.Select(relative => relative with { Title = catalog.Find(relative.Detection)?.Definition.Title })],
        };

    private bool IsSilenced(Alarm alarm) => Of(alarm.Id).IsSilenced(_now) || SilenceOf(alarm) is not null;

    private MatchedSilence? SilenceOf(Alarm alarm) => _silences.Count == 0
        ? null
        : _silences.FirstOrDefault(silence => silence.IsActive(_now) && silence.Covers(alarm, catalog.Find(alarm.Detection)?.Definition));

    private Finding Silenced(string what, string detail) => new(SilencedWatch.Id, new(KeyValuePair.Create("silence", what)), _now, "Silence", detail);

    private AlarmHandling Of(string alarmId) => _handlings.GetValueOrDefault(alarmId) ?? new(alarmId);

    private void Put(AlarmHandling handling) =>
        _handlings[handling.AlarmId] = _changes.Handlings[handling.AlarmId] = handling;
}
