using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

// The requests and responses of CloudWatch's metrics, member for member as in AWS's service model.

internal sealed class PutMetricDataRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255, Pattern = "[^:].*")]
    public string? Namespace { get; set; }
    public List<MetricDatum>? MetricData { get; set; }
    public List<EntityMetricData>? EntityMetricData { get; set; }
    public bool? StrictEntityValidation { get; set; }
}

/// <summary>Metrics with what they are about.</summary>
internal sealed class EntityMetricData
{
    public MetricEntity? Entity { get; set; }
    public List<MetricDatum>? MetricData { get; set; }
}

/// <summary>The thing that metrics are about. AWS shows it in its console alone.</summary>
internal sealed class MetricEntity
{
    [Constraint(MinLength = 2, MaxLength = 4)]
    public Dictionary<string, string>? KeyAttributes { get; set; }
    [Constraint(MaxLength = 10)]
    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed class MetricDatum
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(MaxLength = 30)]
    public List<Dimension>? Dimensions { get; set; }
    public DateTimeOffset? Timestamp { get; set; }
    public double? Value { get; set; }
    public StatisticSet? StatisticValues { get; set; }
    public List<double>? Values { get; set; }
    public List<double>? Counts { get; set; }
    public string? Unit { get; set; }
    [Constraint(Min = 1)]
    public int? StorageResolution { get; set; }
}

internal sealed class Dimension
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? Name { get; set; }
    [Constraint(Required = true, MinLength = 1, MaxLength = 1024)]
    public string? Value { get; set; }
}

internal sealed class StatisticSet
{
    [Constraint(Required = true)]
    public double? SampleCount { get; set; }
    [Constraint(Required = true)]
    public double? Sum { get; set; }
    [Constraint(Required = true)]
    public double? Minimum { get; set; }
    [Constraint(Required = true)]
    public double? Maximum { get; set; }
}

internal sealed class GetMetricDataRequest
{
    [Constraint(Required = true)]
    public List<MetricDataQuery>? MetricDataQueries { get; set; }
    [Constraint(Required = true)]
    public DateTimeOffset? StartTime { get; set; }
    [Constraint(Required = true)]
    public DateTimeOffset? EndTime { get; set; }
    public string? NextToken { get; set; }
    [Constraint(Values = ["TimestampDescending", "TimestampAscending"])]
    public string? ScanBy { get; set; }
    public int? MaxDatapoints { get; set; }
    public LabelOptions? LabelOptions { get; set; }
}

internal sealed class LabelOptions
{
    public string? Timezone { get; set; }
}

internal sealed class MetricDataQuery
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255, Pattern = "[a-z][a-zA-Z0-9_]*")]
    public string? Id { get; set; }
    public MetricStat? MetricStat { get; set; }
    [Constraint(MinLength = 1, MaxLength = 2048)]
    public string? Expression { get; set; }
    public string? Label { get; set; }
    public bool? ReturnData { get; set; }
    [Constraint(Min = 1)]
    public int? Period { get; set; }
    public string? AccountId { get; set; }
}

internal sealed class MetricStat
{
    [Constraint(Required = true)]
    public Metric? Metric { get; set; }
    [Constraint(Required = true, Min = 1)]
    public int? Period { get; set; }
    [Constraint(Required = true)]
    public string? Stat { get; set; }
    public string? Unit { get; set; }
}

internal sealed class Metric
{
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? Namespace { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(MaxLength = 30)]
    public List<Dimension>? Dimensions { get; set; }
}

internal sealed class GetMetricDataResponse
{
    public List<MetricDataResult>? MetricDataResults { get; set; }
    public string? NextToken { get; set; }
    public List<MessageData>? Messages { get; set; }
}

internal sealed class MetricDataResult
{
    public string? Id { get; set; }
    public string? Label { get; set; }
    public List<DateTimeOffset>? Timestamps { get; set; }
    public List<double>? Values { get; set; }
    public string? StatusCode { get; set; }
}

internal sealed class MessageData
{
    public string? Code { get; set; }
    public string? Value { get; set; }
}

internal sealed class GetMetricStatisticsRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? Namespace { get; set; }
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(MaxLength = 30)]
    public List<Dimension>? Dimensions { get; set; }
    [Constraint(Required = true)]
    public DateTimeOffset? StartTime { get; set; }
    [Constraint(Required = true)]
    public DateTimeOffset? EndTime { get; set; }
    [Constraint(Required = true, Min = 1)]
    public int? Period { get; set; }
    [Constraint(MinLength = 1, MaxLength = 5, Values = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"])]
    public List<string>? Statistics { get; set; }
    [Constraint(MinLength = 1, MaxLength = 10)]
    public List<string>? ExtendedStatistics { get; set; }
    public string? Unit { get; set; }
}

internal sealed class GetMetricStatisticsResponse
{
    public string? Label { get; set; }
    public List<Datapoint>? Datapoints { get; set; }
}

internal sealed class Datapoint
{
    public DateTimeOffset? Timestamp { get; set; }
    public double? SampleCount { get; set; }
    public double? Average { get; set; }
    public double? Sum { get; set; }
    public double? Minimum { get; set; }
    public double? Maximum { get; set; }
    public string? Unit { get; set; }
    public Dictionary<string, double>? ExtendedStatistics { get; set; }
}

internal sealed class ListMetricsRequest
{
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? Namespace { get; set; }
    [Constraint(MinLength = 1, MaxLength = 255)]
    public string? MetricName { get; set; }
    [Constraint(MaxLength = 10)]
    public List<DimensionFilter>? Dimensions { get; set; }
    public string? NextToken { get; set; }
    [Constraint(Values = ["PT3H"])]
    public string? RecentlyActive { get; set; }
    public bool? IncludeLinkedAccounts { get; set; }
    public string? OwningAccount { get; set; }
}

internal sealed class DimensionFilter
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 255)]
    public string? Name { get; set; }
    [Constraint(MinLength = 1, MaxLength = 1024)]
    public string? Value { get; set; }
}

internal sealed class ListMetricsResponse
{
    public List<Metric>? Metrics { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListDashboardsRequest
{
    [Constraint(MaxLength = 255, Pattern = "[A-Za-z0-9._-]*")]
    public string? DashboardNamePrefix { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListDashboardsResponse
{
    public List<DashboardEntry>? DashboardEntries { get; set; }
}

/// <summary>Dashboards are not served; the list of them is there and empty.</summary>
internal sealed class DashboardEntry;
