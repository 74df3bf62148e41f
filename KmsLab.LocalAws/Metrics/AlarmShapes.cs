using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

// The requests and responses of CloudWatch's alarms, member for member as in AWS's service model.

/// <summary>An alarm's settings; an alarm keeps the request that last set them.</summary>
internal class AlarmSettings
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? AlarmName { get; set; }
    [Constraint(MaxLength = 1024)]
    public string? AlarmDescription { get; set; }
    public bool? ActionsEnabled { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? OKActions { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? AlarmActions { get; set; }
    [Constraint(MaxLength = 5)]
    public List<string>? InsufficientDataActions { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255, Pattern = "[^:].*")]
    public string? Namespace { get; set; }
    [Constraint(Values = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"])]
    public string? Statistic { get; set; }
    public string? ExtendedStatistic { get; set; }
    [Constraint(MaxLength = 30)]
    public List<Dimension>? Dimensions { get; set; }
    [Constraint(Min = 1)]
    public int? Period { get; set; }
    public string? Unit { get; set; }
    [Constraint(Min = 1)]
    public int? EvaluationPeriods { get; set; }
    [Constraint(Min = 1)]
    public int? DatapointsToAlarm { get; set; }
    public double? Threshold { get; set; }
    [Constraint(Values = ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold", "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"])]
    public string? ComparisonOperator { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? TreatMissingData { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? EvaluateLowSampleCountPercentile { get; set; }
    public List<MetricDataQuery>? Metrics { get; set; }
    public string? ThresholdMetricId { get; set; }
}

internal sealed class PutMetricAlarmRequest : AlarmSettings
{
    [Constraint(MaxLength = 50)]
    public List<Tag>? Tags { get; set; }
    [NotServed("KmsLab LocalAws evaluates no queries of PromQL.")]
    public EvaluationCriteria? EvaluationCriteria { get; set; }
    [NotServed("KmsLab LocalAws evaluates no queries of PromQL.")]
    public int? EvaluationInterval { get; set; }
}

/// <summary>A query that decides on an alarm; refused where it is given.</summary>
internal sealed class EvaluationCriteria;

internal sealed class MetricAlarm : AlarmSettings
{
    public string? AlarmArn { get; set; }
    public DateTimeOffset? AlarmConfigurationUpdatedTimestamp { get; set; }
    public string? StateValue { get; set; }
    public string? StateReason { get; set; }
    public string? StateReasonData { get; set; }
    public DateTimeOffset? StateUpdatedTimestamp { get; set; }
    public DateTimeOffset? StateTransitionedTimestamp { get; set; }
}

internal sealed class Tag
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128)]
    public string? Key { get; set; }
    [Constraint(Required = true, MaxLength = 256)]
    public string? Value { get; set; }
}

internal sealed class DescribeAlarmsRequest
{
    [Constraint(MaxLength = 100)]
    public List<string>? AlarmNames { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? AlarmNamePrefix { get; set; }
    [Constraint(Values = ["CompositeAlarm", "MetricAlarm"])]
    public List<string>? AlarmTypes { get; set; }
    public string? ChildrenOfAlarmName { get; set; }
    public string? ParentsOfAlarmName { get; set; }
    [Constraint(Values = ["INSUFFICIENT_DATA", "ALARM", "OK"])]
    public string? StateValue { get; set; }
    [Constraint(MinLength = 1, MaxLength = 1024)]
    public string? ActionPrefix { get; set; }
    [Constraint(Min = 1, Max = 100)]
    public int? MaxRecords { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class DescribeAlarmsResponse
{
    public List<CompositeAlarm>? CompositeAlarms { get; set; }
    public List<MetricAlarm>? MetricAlarms { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class DescribeAlarmsForMetricRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? Namespace { get; set; }
    [Constraint(Values = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"])]
    public string? Statistic { get; set; }
    public string? ExtendedStatistic { get; set; }
    [Constraint(MaxLength = 30)]
    public List<Dimension>? Dimensions { get; set; }
    [Constraint(Min = 1)]
    public int? Period { get; set; }
    public string? Unit { get; set; }
}

internal sealed class DescribeAlarmsForMetricResponse
{
    public List<MetricAlarm>? MetricAlarms { get; set; }
}

internal sealed class AlarmNamesRequest
{
    [Constraint(Required = true, MaxLength = 100)]
    public List<string>? AlarmNames { get; set; }
}

internal sealed class SetAlarmStateRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? AlarmName { get; set; }
    [Constraint(Required = true, Values = ["INSUFFICIENT_DATA", "ALARM", "OK"])]
    public string? StateValue { get; set; }
    [Constraint(Required = true, MaxLength = 1023)]
    public string? StateReason { get; set; }
    [Constraint(MaxLength = 4000)]
    public string? StateReasonData { get; set; }
}

internal sealed class DescribeAlarmHistoryRequest
{
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? AlarmName { get; set; }
    [Constraint(MinLength = 1, MaxLength = 16), NotServed("KmsLab LocalAws' alarms have no contributors.")]
    public string? AlarmContributorId { get; set; }
    [Constraint(Values = ["CompositeAlarm", "MetricAlarm"])]
    public List<string>? AlarmTypes { get; set; }
    [Constraint(Values = ["ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate", "AlarmContributorAction"])]
    public string? HistoryItemType { get; set; }
    public DateTimeOffset? StartDate { get; set; }
    public DateTimeOffset? EndDate { get; set; }
    [Constraint(Min = 1, Max = 100)]
    public int? MaxRecords { get; set; }
    public string? NextToken { get; set; }
    [Constraint(Values = ["TimestampDescending", "TimestampAscending"])]
    public string? ScanBy { get; set; }
}

internal sealed class DescribeAlarmHistoryResponse
{
    public List<AlarmHistoryItem>? AlarmHistoryItems { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class AlarmHistoryItem
{
    public string? AlarmName { get; set; }
    public string? AlarmType { get; set; }
    public DateTimeOffset? Timestamp { get; set; }
    public string? HistoryItemType { get; set; }
    public string? HistorySummary { get; set; }
    public string? HistoryData { get; set; }
}

internal sealed class TagResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1024)]
    public string? ResourceARN { get; set; }
    [Constraint(Required = true)]
    public List<Tag>? Tags { get; set; }
}

internal sealed class UntagResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1024)]
    public string? ResourceARN { get; set; }
    [Constraint(Required = true)]
    public List<string>? TagKeys { get; set; }
}

internal sealed class ListTagsForResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1024)]
    public string? ResourceARN { get; set; }
}

internal sealed class ListTagsForResourceResponse
{
    public List<Tag>? Tags { get; set; }
}
