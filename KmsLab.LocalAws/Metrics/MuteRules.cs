using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>All alarm mute rules, in memory and in the state file.</summary>
internal sealed class MuteRules
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(RegionScope Scope, string Name), MuteRuleRecord> _rules = [];
    private readonly Documents<MuteRuleRecord> _documents = new("cloudwatch.mute-rule", MetricsJson.Wire.MuteRuleRecord);
    private readonly StateStore _store;

    public MuteRules(StateStore store)
    {
        _store = store;
        foreach (var (scope, rule) in store.Read(_documents.Load))
            _rules[(scope, rule.Name)] = rule;
    }

    /// <summary>Tells whether some rule mutes an alarm now.</summary>
    public bool IsMuted(RegionScope scope, string alarm, DateTimeOffset now) =>
        List(scope).Exists(rule => rule.Targets(alarm) && rule.StatusAt(now) == MuteRuleRecord.Active);

    /// <summary>The rules of an account and Region, by name.</summary>
    public List<MuteRuleRecord> List(RegionScope scope)
    {
        lock (_lock)
        {
            return [.. _rules.Where(entry => entry.Key.Scope == scope).Select(entry => entry.Value).OrderBy(rule => rule.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Makes a rule another, or creates it.</summary>
    /// <param name="scope">The rule's account and Region.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">The rule as it is (null: there is none) to the rule as it shall be.</param>
    public Task Change(RegionScope scope, string name, Func<MuteRuleRecord?, MuteRuleRecord> change)
    {
        lock (_lock)
        {
            var rule = _rules[(scope, name)] = change(_rules.GetValueOrDefault((scope, name)));
            return _store.Enqueue(session => _documents.Put(session, scope, name, rule));
        }
    }

    /// <summary>Removes a rule, if there is one.</summary>
    public Task Remove(RegionScope scope, string name)
    {
        lock (_lock)
        {
            return _rules.Remove((scope, name)) ? _store.Enqueue(session => _documents.Remove(session, scope, name)) : Task.CompletedTask;
        }
    }
}

/// <summary>A mute rule as it is kept. Never changed in place.</summary>
internal sealed record MuteRuleRecord
{
    public const string Active = "ACTIVE";
    public const string Scheduled = "SCHEDULED";
    public const string Expired = "EXPIRED";

    public required string Name { get; init; }
    public required string Arn { get; init; }
    public string? Description { get; init; }
    public required MuteRule Rule { get; init; }
    public MuteTargets? MuteTargets { get; init; }
    public DateTimeOffset? StartDate { get; init; }
    public DateTimeOffset? ExpireDate { get; init; }
    public required DateTimeOffset Updated { get; init; }
    public Dictionary<string, string> Tags { get; init; } = [];

    public string MuteType => MuteSchedule.Parse(Rule.Schedule!).IsOnce ? "ONE_TIME" : "RECURRING";

    public bool Targets(string alarm) => MuteTargets?.AlarmNames?.Contains(alarm) == true;

    public string StatusAt(DateTimeOffset now)
    {
        var schedule = MuteSchedule.Parse(Rule.Schedule!);
        if (ExpireDate <= now || schedule.IsOver(now))
            return Expired;
        return StartDate > now || !schedule.IsActive(now) ? Scheduled : Active;
    }
}
