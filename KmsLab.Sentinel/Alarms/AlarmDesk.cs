using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Decides what people are told of alarms, and when: at each change of state, again while one goes on firing, and not while it is silenced.</summary>
/// <remarks>
/// It remembers what they were told last. When a silence ends, an alarm that is still firing is said once; one that they believe to be firing, and
/// that is over, is said to be over; what came and went in silence is not said at all. The history tells all of it.
/// </remarks>
internal sealed class AlarmDesk(IEnumerable<AlarmHandling> handlings, DetectionCatalog catalog, ChannelRoutes routes, AlarmOptions options)
{
    private readonly Dictionary<string, AlarmHandling> _handlings = handlings.ToDictionary(handling => handling.AlarmId);

    /// <summary>Does what people asked for.</summary>
    public void Take(IEnumerable<AlarmCommand> commands, TurnChanges changes)
    {
        foreach (var command in commands)
        {
            Put(Of(command.AlarmId).Apply(command), changes);
            changes.Desk.Commands.Add(command);
            changes.Desk.History.Add(HistoryEntry.Of(command));
        }
    }

    /// <summary>An occurrence has begun: nobody has acknowledged it yet.</summary>
    public void Raised(Alarm alarm, TurnChanges changes)
    {
        if (Of(alarm.Id) is { Acknowledged: not null } handling)
            Put(handling with { Acknowledged = null }, changes);
        Changed(alarm, tell: true, changes);
    }

    /// <summary>An alarm has changed its state.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="tell">Whether people want to know.</param>
    /// <param name="changes">The turn's.</param>
    public void Changed(Alarm alarm, bool tell, TurnChanges changes)
    {
        var detection = catalog.Find(alarm.Detection);
        var why = detection is null ? null : AlarmText.Why(alarm, detection.Definition);
        changes.Desk.History.Add(new(alarm.Id, changes.Now, HistoryKind.State, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence, Reason: why) { Detection = alarm.Detection });
        if (tell)
            Tell(alarm, changes);
    }

    /// <summary>Ends the turn: silences whose time is up, and reminders.</summary>
    public void Advance(IReadOnlyDictionary<string, Alarm> alarms, TurnChanges changes)
    {
        foreach (var handling in _handlings.Values.Where(handling => handling.Silence is { } silence && silence.Until <= changes.Now).ToList())
        {
            changes.Desk.History.Add(new(handling.AlarmId, changes.Now, HistoryKind.SilenceEnded, HistoryEntry.Sentinel));
            Put(handling with { Silence = null }, changes);
        }

        foreach (var alarm in alarms.Values)
            CatchUp(alarm, changes);
    }

    /// <summary>An alarm is no longer kept. Its silence may still be.</summary>
    public void Forget(string alarmId, DateTimeOffset now)
    {
        if (_handlings.TryGetValue(alarmId, out var handling) && !handling.IsSilenced(now))
            _handlings.Remove(alarmId);
    }

    /// <summary>Says what was withheld and still holds, or reminds of what was said.</summary>
    private void CatchUp(Alarm alarm, TurnChanges changes)
    {
        var handling = Of(alarm.Id);
        if (handling.IsSilenced(changes.Now))
            return;

        if (handling.Told is { State: not AlarmState.Ok } && alarm.Ended)
            Tell(alarm with { State = AlarmState.Ok }, changes);
        else if (!alarm.Ended && handling.Told?.Revision != alarm.Revision)
            Tell(alarm, changes);
        else if (!alarm.Ended && handling.Told is { } told && IsReminderDue(alarm, handling, told, changes.Now))
            Remind(alarm, handling, changes);
    }

    private bool IsReminderDue(Alarm alarm, AlarmHandling handling, Told told, DateTimeOffset now) =>
        options.RemindEvery > TimeSpan.Zero && !handling.IsAcknowledged(alarm) && now - told.At >= options.RemindEvery;

    private void Tell(Alarm alarm, TurnChanges changes)
    {
        if (catalog.FindActive(alarm.Detection) is not { Settings.Mode: DetectionMode.On } detection)
            return;

        var handling = Of(alarm.Id);
        if (handling.IsSilenced(changes.Now))
        {
            changes.Desk.History.Add(new(alarm.Id, changes.Now, HistoryKind.Withheld, HistoryEntry.Sentinel, alarm.State, alarm.Occurrence));
            return;
        }

        Put(handling with { Told = new(alarm.State, alarm.Revision, changes.Now, 0) }, changes);
        Send(Notification.Of(alarm, detection.Definition), HistoryKind.Notified, changes);
    }

    private void Remind(Alarm alarm, AlarmHandling handling, TurnChanges changes)
    {
        if (catalog.FindActive(alarm.Detection) is not { Settings.Mode: DetectionMode.On } detection)
            return;

        var reminder = (handling.Told?.Reminders ?? 0) + 1;
        Put(handling with { Told = new(alarm.State, alarm.Revision, changes.Now, reminder) }, changes);
        Send(Notification.Of(alarm, detection.Definition, reminder), HistoryKind.Reminded, changes);
    }

    private void Send(Notification notification, HistoryKind kind, TurnChanges changes)
    {
        changes.Outbox.Add(new(notification, routes.For(notification.Severity)));
        changes.Desk.History.Add(new(notification.AlarmId, changes.Now, kind, HistoryEntry.Sentinel, notification.State, notification.Occurrence, notification.Id));
    }

    private AlarmHandling Of(string alarmId) => _handlings.GetValueOrDefault(alarmId) ?? new(alarmId);

    private void Put(AlarmHandling handling, TurnChanges changes) =>
        _handlings[handling.AlarmId] = changes.Desk.Handlings[handling.AlarmId] = handling;
}
