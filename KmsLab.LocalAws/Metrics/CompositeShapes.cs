using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

// The requests and responses of composite alarms, member for member as in AWS's service model.

internal sealed class PutCompositeAlarmRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? AlarmName { get; set; }
    [Constraint(Required = true, MinLength = 1, MaxLength = 10240)]
    public string? AlarmRule { get; set; }
    [Constraint(MaxLength = 1024)]
    public string? AlarmDescription { get; set; }
    public bool? ActionsEnabled { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? OKActions { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? AlarmActions { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? InsufficientDataActions { get; set; }
    [Constraint(MaxLength = 50)]
    public List<Tag>? Tags { get; set; }
    [Constraint(MinLength = 1, MaxLength = 1600)]
    public string? ActionsSuppressor { get; set; }
    public int? ActionsSuppressorWaitPeriod { get; set; }
    public int? ActionsSuppressorExtensionPeriod { get; set; }
}

internal sealed class CompositeAlarm
{
    public bool? ActionsEnabled { get; set; }
    public List<string>? AlarmActions { get; set; }
    public string? AlarmArn { get; set; }
    public DateTimeOffset? AlarmConfigurationUpdatedTimestamp { get; set; }
    public string? AlarmDescription { get; set; }
    public string? AlarmName { get; set; }
    public string? AlarmRule { get; set; }
    public List<string>? InsufficientDataActions { get; set; }
    public List<string>? OKActions { get; set; }
    public string? StateReason { get; set; }
    public string? StateReasonData { get; set; }
    public DateTimeOffset? StateUpdatedTimestamp { get; set; }
    public string? StateValue { get; set; }
    public DateTimeOffset? StateTransitionedTimestamp { get; set; }
    public string? ActionsSuppressedBy { get; set; }
    public string? ActionsSuppressedReason { get; set; }
    public string? ActionsSuppressor { get; set; }
    public int? ActionsSuppressorWaitPeriod { get; set; }
    public int? ActionsSuppressorExtensionPeriod { get; set; }
}
