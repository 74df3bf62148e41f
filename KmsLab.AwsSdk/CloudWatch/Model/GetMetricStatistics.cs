using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Reads statistics of one metric, at most 1,440 data points.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html</remarks>
public partial class GetMetricStatisticsRequest : AmazonCloudWatchRequest
{
    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? new List<Dimension>() : null;

    public DateTime? EndTime { get; set; }

    public List<string> ExtendedStatistics { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string MetricName { get; set; }

    public string Namespace { get; set; }

    /// <summary>In seconds.</summary>
    public int? Period { get; set; }

    public DateTime? StartTime { get; set; }

    public List<string> Statistics { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public StandardUnit Unit { get; set; }
}

/// <summary>The data points, in no order.</summary>
public partial class GetMetricStatisticsResponse : AmazonWebServiceResponse
{
    public List<Datapoint> Datapoints { get; set; } = AWSConfigs.InitializeCollections ? new List<Datapoint>() : null;

    public string Label { get; set; }
}

/// <summary>The statistics of one period.</summary>
public partial class Datapoint
{
    public double? Average { get; set; }

    public Dictionary<string, double> ExtendedStatistics { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, double>() : null;

    public double? Maximum { get; set; }

    public double? Minimum { get; set; }

    public double? SampleCount { get; set; }

    public double? Sum { get; set; }

    public DateTime? Timestamp { get; set; }

    public StandardUnit Unit { get; set; }
}
