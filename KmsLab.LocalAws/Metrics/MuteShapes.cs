using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

// The requests and responses of alarm mute rules, member for member as in AWS's service model.

internal sealed class PutAlarmMuteRuleRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? Name { get; set; }
    [Constraint(MaxLength = 1024)]
    public string? Description { get; set; }
    [Constraint(Required = true)]
    public MuteRule? Rule { get; set; }
    public MuteTargets? MuteTargets { get; set; }
    [Constraint(MaxLength = 50)]
    public List<Tag>? Tags { get; set; }
    public DateTimeOffset? StartDate { get; set; }
    public DateTimeOffset? ExpireDate { get; set; }
}

internal sealed class MuteRule
{
    [Constraint(Required = true)]
    public MuteRuleSchedule? Schedule { get; set; }
}

internal sealed class MuteRuleSchedule
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 256)]
    public string? Expression { get; set; }
    [Constraint(Required = true, MinLength = 1, MaxLength = 50)]
    public string? Duration { get; set; }
    [Constraint(MinLength = 1, MaxLength = 50)]
    public string? Timezone { get; set; }
}

internal sealed class MuteTargets
{
    [Constraint(Required = true, MaxLength = 100)]
    public List<string>? AlarmNames { get; set; }
}

internal sealed class AlarmMuteRuleNameRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? AlarmMuteRuleName { get; set; }
}

internal sealed class GetAlarmMuteRuleResponse
{
    public string? Name { get; set; }
    public string? AlarmMuteRuleArn { get; set; }
    public string? Description { get; set; }
    public MuteRule? Rule { get; set; }
    public MuteTargets? MuteTargets { get; set; }
    public DateTimeOffset? StartDate { get; set; }
    public DateTimeOffset? ExpireDate { get; set; }
    public string? Status { get; set; }
    public DateTimeOffset? LastUpdatedTimestamp { get; set; }
    public string? MuteType { get; set; }
}

internal sealed class ListAlarmMuteRulesRequest
{
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? AlarmName { get; set; }
    [Constraint(Values = ["SCHEDULED", "ACTIVE", "EXPIRED"])]
    public List<string>? Statuses { get; set; }
    [Constraint(Min = 1, Max = 100)]
    public int? MaxRecords { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListAlarmMuteRulesResponse
{
    public List<AlarmMuteRuleSummary>? AlarmMuteRuleSummaries { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class AlarmMuteRuleSummary
{
    public string? AlarmMuteRuleArn { get; set; }
    public DateTimeOffset? ExpireDate { get; set; }
    public string? Status { get; set; }
    public string? MuteType { get; set; }
    public DateTimeOffset? LastUpdatedTimestamp { get; set; }
}
