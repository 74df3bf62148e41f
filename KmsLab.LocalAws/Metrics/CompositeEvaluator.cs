using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Evaluates composite alarms: when an alarm that they ask about has changed, or they themselves.</summary>
/// <remarks>Children come before their parents, so that nothing is seen half changed. What asks about itself, by whatever way, keeps its state, as on AWS.</remarks>
internal sealed class CompositeEvaluator(AlarmStore alarms, AlarmTransitions transitions)
{
    /// <summary>Evaluates all composite alarms.</summary>
    public void Evaluate(DateTimeOffset now)
    {
        foreach (var scope in alarms.All().Where(entry => entry.Alarm.Composite is not null).Select(entry => entry.Scope).Distinct())
            Evaluate(scope, now);
    }

    /// <summary>Evaluates those of one account and Region.</summary>
    public void Evaluate(RegionScope scope, DateTimeOffset now)
    {
        Dictionary<string, bool> known = new(StringComparer.Ordinal);
        foreach (var alarm in alarms.List(scope).Where(alarm => alarm.Composite is not null))
            Visit(scope, alarm.Name, [], known, now);
    }

    /// <summary>Brings an alarm up to date, after those that it asks about.</summary>
    /// <returns>False: it asks about itself.</returns>
    private bool Visit(RegionScope scope, string name, HashSet<string> path, Dictionary<string, bool> known, DateTimeOffset now)
    {
        if (alarms.Find(scope, name) is not { Composite: not null } alarm)
            return true;
        if (known.TryGetValue(name, out var isUpToDate))
            return isUpToDate;
        if (!path.Add(name))
            return false;

        var rule = AlarmRule.Parse(alarm.Composite.Rule);
        isUpToDate = rule.Names.All(child => Visit(scope, AlarmRecord.NameOf(child), path, known, now));
        path.Remove(name);
        if (isUpToDate)
            Evaluate(scope, alarm, rule, now);
        return known[name] = isUpToDate;
    }

    private void Evaluate(RegionScope scope, AlarmRecord alarm, AlarmRule rule, DateTimeOffset now)
    {
        List<AlarmRecord> children = [.. rule.Names.Select(name => alarms.Find(scope, AlarmRecord.NameOf(name))).OfType<AlarmRecord>()];
        // A state that SetAlarmState gave stays until something is new.
        var inputs = string.Join('\n', children.Select(child => string.Create(CultureInfo.InvariantCulture, $"{child.Name} {child.State} {child.StateTransitioned.UtcTicks}")));
        if (alarm.Inputs == inputs)
            return;
        if (alarms.Change(scope, alarm.Name, current => ReferenceEquals(current, alarm) ? (alarm with { Inputs = inputs }, null) : null) is not { } seen)
            return;

        var holds = rule.Holds(name => alarms.Find(scope, AlarmRecord.NameOf(name))?.State ?? AlarmState.InsufficientData);
        var state = holds ? AlarmState.Alarm : AlarmState.Ok;
        if (state != alarm.State)
            transitions.Set(scope, alarm.Name, seen.Alarm, News(alarm, state, children, now), now, out _);
    }

    private static AlarmNews News(AlarmRecord alarm, string state, List<AlarmRecord> children, DateTimeOffset now)
    {
        var newest = children.MaxBy(child => child.StateTransitioned);
        var reason = newest is null || newest.StateTransitioned <= alarm.Configured
            ? $"{alarm.Arn} was {(alarm.State == AlarmState.InsufficientData ? "created" : "updated")} and its alarm rule evaluates to {state}"
            : string.Create(CultureInfo.InvariantCulture, $"{newest.Arn} transitioned to {newest.State} at {now.UtcDateTime:dddd dd MMMM, yyyy HH:mm:ss} UTC");
        return new(state, reason, newest is null ? null : new JsonObject { ["triggeringAlarms"] = Triggering([newest], "arn", "state", "value", "timestamp") }.ToJsonString());
    }

    /// <summary>The alarms that decided, as reasons and notices tell them, each in its own spelling.</summary>
    public static JsonArray Triggering(IEnumerable<AlarmRecord> children, string arn, string state, string value, string timestamp) => new([.. children.Select(child => new JsonObject
    {
        [arn] = child.Arn,
        [state] = new JsonObject { [value] = child.State, [timestamp] = AlarmNotice.Instant(child.StateTransitioned) },
    })]);
}
