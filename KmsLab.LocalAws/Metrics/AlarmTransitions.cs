using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Sns;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Sets an alarm's state, and acts when it becomes another, unless something keeps its actions back.</summary>
internal sealed class AlarmTransitions(AlarmStore alarms, ActionHolds holds, SnsPublisher sns)
{
    /// <summary>Sets the state. Actions run only on a change of state.</summary>
    /// <param name="scope">The alarm's account and Region.</param>
    /// <param name="name">Its name.</param>
    /// <param name="expected">Only if the alarm is still this one; null for whatever it is.</param>
    /// <param name="news">The state and why.</param>
    /// <param name="now">The time of the change.</param>
    /// <param name="committed">Completes when it is on disk.</param>
    /// <returns>False if there is no such alarm any more.</returns>
    public bool Set(RegionScope scope, string name, AlarmRecord? expected, AlarmNews news, DateTimeOffset now, out Task committed)
    {
        AlarmRecord? old = null;
        committed = Task.CompletedTask;
        if (alarms.Change(scope, name, current =>
            {
                if (current is null || (expected is not null && !ReferenceEquals(current, expected)))
                    return null;
                old = current;
                var changed = current.State != news.State;
                var alarm = current with { State = news.State, Reason = news.Reason, ReasonData = news.ReasonData, StateUpdated = now, StateTransitioned = changed ? now : current.StateTransitioned };
                if (changed)
                    alarm = alarm with { Hold = HasActions(alarm) ? holds.Of(scope, alarm, current.State, now) : null };
                return (alarm, changed ? Entry(current, alarm) : null);
            }) is not { } set)
            return false;

        committed = set.Committed;
        if (old!.State != set.Alarm.State && HasActions(set.Alarm))
            committed = (set.Alarm.Hold is { } hold ? NoteHeld(scope, set.Alarm, hold) : Act(scope, old.State, set.Alarm)) ?? committed;
        return true;
    }

    /// <summary>Does what was kept back and is so no more.</summary>
    public void Release(DateTimeOffset now)
    {
        foreach (var (scope, alarm) in alarms.All())
        {
            if (alarm.Hold is not { } hold || holds.Next(scope, alarm, now) is var next && next == hold)
                continue;
            if (alarms.Change(scope, alarm.Name, current => ReferenceEquals(current, alarm) ? (alarm with { Hold = next }, null) : null) is { } changed
                && next is null && HasActions(changed.Alarm))
                Act(scope, hold.OldState, changed.Alarm);
        }
    }

    private static bool HasActions(AlarmRecord alarm) => alarm.Settings.ActionsEnabled != false && alarm.Actions.Count > 0;

    private Task NoteHeld(RegionScope scope, AlarmRecord alarm, ActionHold hold) => alarms.Note(scope, new()
    {
        AlarmName = alarm.Name,
        AlarmType = alarm.Type,
        Timestamp = alarm.StateTransitioned,
        HistoryItemType = "Action",
        HistorySummary = hold.Reason(alarm.Composite?.Suppressor),
        HistoryData = new JsonObject { ["actionState"] = "Suppressed", ["stateUpdateTimestamp"] = alarm.StateTransitioned.ToUnixTimeMilliseconds() }.ToJsonString(),
    });

    private Task? Act(RegionScope scope, string oldState, AlarmRecord alarm)
    {
        var children = alarm.Composite is null ? [] : alarm.ChildNames().Select(name => alarms.Find(scope, name)).OfType<AlarmRecord>().Where(child => child.State == AlarmState.Alarm).ToList();
        Task? last = null;
        foreach (var action in alarm.Actions)
        {
            var error = action.Split(':') is ["arn", _, "sns", ..]
                ? sns.TryPublish(action, AlarmNotice.Subject(scope, alarm), AlarmNotice.Message(scope, oldState, alarm, children))
                : "KmsLab LocalAws runs actions on SNS topics only";
            last = alarms.Note(scope, new()
            {
                AlarmName = alarm.Name,
                AlarmType = alarm.Type,
                Timestamp = alarm.StateTransitioned,
                HistoryItemType = "Action",
                HistorySummary = error is null ? $"Successfully executed action {action}" : $"Failed to execute action {action}. Received error: \"{error}\"",
                HistoryData = new JsonObject
                {
                    ["actionState"] = error is null ? "Succeeded" : "Failed",
                    ["notificationResource"] = action,
                    ["stateUpdateTimestamp"] = alarm.StateTransitioned.ToUnixTimeMilliseconds(),
                    ["error"] = error,
                }.ToJsonString(),
            });
        }

        return last;
    }

    private static AlarmHistoryItem Entry(AlarmRecord old, AlarmRecord alarm) => new()
    {
        AlarmName = alarm.Name,
        AlarmType = alarm.Type,
        Timestamp = alarm.StateTransitioned,
        HistoryItemType = "StateUpdate",
        HistorySummary = $"Alarm updated from {old.State} to {alarm.State}",
        HistoryData = new JsonObject { ["version"] = "1.0", ["oldState"] = State(old), ["newState"] = State(alarm) }.ToJsonString(),
    };

    private static JsonObject State(AlarmRecord alarm) => new()
    {
        ["stateValue"] = alarm.State,
        ["stateReason"] = alarm.Reason,
        ["stateReasonData"] = Json(alarm.ReasonData),
    };

    private static JsonNode? Json(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}

/// <summary>A state and why.</summary>
internal sealed record AlarmNews(string State, string Reason, string? ReasonData);
