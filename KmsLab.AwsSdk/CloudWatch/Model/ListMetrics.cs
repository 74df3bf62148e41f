using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Lists metrics that got data in the last two weeks, at most 500 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html</remarks>
public partial class ListMetricsRequest : AmazonCloudWatchRequest
{
    public List<DimensionFilter> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? new List<DimensionFilter>() : null;

    public bool? IncludeLinkedAccounts { get; set; }

    public string MetricName { get; set; }

    public string Namespace { get; set; }

    public string NextToken { get; set; }

    public string OwningAccount { get; set; }

    public RecentlyActive RecentlyActive { get; set; }
}

/// <summary>A page of metrics.</summary>
public partial class ListMetricsResponse : AmazonWebServiceResponse
{
    public List<Metric> Metrics { get; set; } = AWSConfigs.InitializeCollections ? new List<Metric>() : null;

    public string NextToken { get; set; }

    public List<string> OwningAccounts { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;
}

/// <summary>A dimension that listed metrics must have; without a value, any value.</summary>
public partial class DimensionFilter
{
    public string Name { get; set; }

    public string Value { get; set; }
}
