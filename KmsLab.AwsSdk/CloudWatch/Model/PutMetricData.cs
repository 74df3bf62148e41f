using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Publishes metric data, at most 1,000 metrics and 1 MB a call; compressed by the client above 10 KB.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html</remarks>
public partial class PutMetricDataRequest : AmazonCloudWatchRequest
{
    public List<MetricDatum> MetricData { get; set; } = AWSConfigs.InitializeCollections ? new List<MetricDatum>() : null;

    /// <summary>Not one that starts with <c>AWS/</c>.</summary>
    public string Namespace { get; set; }
}

/// <summary>The data were accepted.</summary>
public partial class PutMetricDataResponse : AmazonWebServiceResponse
{
}

/// <summary>Data points of one metric: one value, a statistic set, or values with their counts.</summary>
public partial class MetricDatum
{
    /// <summary>How often each of <see cref="Values"/> occurred.</summary>
    public List<double> Counts { get; set; } = AWSConfigs.InitializeCollections ? new List<double>() : null;

    /// <summary>At most 30.</summary>
    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? new List<Dimension>() : null;

    public string MetricName { get; set; }

    public StatisticSet StatisticValues { get; set; }

    /// <summary>1 for high resolution, else 60 seconds.</summary>
    public int? StorageResolution { get; set; }

    /// <summary>From two weeks back to two hours ahead; now if absent.</summary>
    public DateTime? Timestamp { get; set; }

    public StandardUnit Unit { get; set; }

    public double? Value { get; set; }

    /// <summary>At most 150 different values.</summary>
    public List<double> Values { get; set; } = AWSConfigs.InitializeCollections ? new List<double>() : null;
}

/// <summary>Values already summed up.</summary>
public partial class StatisticSet
{
    public double? Maximum { get; set; }

    public double? Minimum { get; set; }

    public double? SampleCount { get; set; }

    public double? Sum { get; set; }
}
