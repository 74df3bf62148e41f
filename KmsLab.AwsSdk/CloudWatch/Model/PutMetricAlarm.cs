using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Creates or replaces an alarm.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html</remarks>
public partial class PutMetricAlarmRequest : AmazonCloudWatchRequest
{
    public bool? ActionsEnabled { get; set; }

    public List<string> AlarmActions { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string AlarmDescription { get; set; }

    public string AlarmName { get; set; }

    public ComparisonOperator ComparisonOperator { get; set; }

    /// <summary>M of the N <see cref="EvaluationPeriods"/>; N if absent.</summary>
    public int? DatapointsToAlarm { get; set; }

    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? new List<Dimension>() : null;

    public string EvaluateLowSampleCountPercentile { get; set; }

    public int? EvaluationPeriods { get; set; }

    /// <summary>A percentile such as <c>p99.9</c>, in place of <see cref="Statistic"/>.</summary>
    public string ExtendedStatistic { get; set; }

    public List<string> InsufficientDataActions { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string MetricName { get; set; }

    public List<MetricDataQuery> Metrics { get; set; } = AWSConfigs.InitializeCollections ? new List<MetricDataQuery>() : null;

    public string Namespace { get; set; }

    public List<string> OKActions { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    /// <summary>In seconds: 10, 20, 30 or a multiple of 60.</summary>
    public int? Period { get; set; }

    public Statistic Statistic { get; set; }

    public List<Tag> Tags { get; set; } = AWSConfigs.InitializeCollections ? new List<Tag>() : null;

    public double? Threshold { get; set; }

    public string ThresholdMetricId { get; set; }

    /// <summary><c>missing</c> (the default), <c>ignore</c>, <c>breaching</c> or <c>notBreaching</c>.</summary>
    public string TreatMissingData { get; set; }

    public StandardUnit Unit { get; set; }
}

/// <summary>The alarm was stored.</summary>
public partial class PutMetricAlarmResponse : AmazonWebServiceResponse
{
}

/// <summary>A tag.</summary>
public partial class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}
