using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Reads metrics, at most 500 queries a call.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html</remarks>
public partial class GetMetricDataRequest : AmazonCloudWatchRequest
{
    public DateTime? EndTime { get; set; }

    public LabelOptions LabelOptions { get; set; }

    public int? MaxDatapoints { get; set; }

    public List<MetricDataQuery> MetricDataQueries { get; set; } = AWSConfigs.InitializeCollections ? new List<MetricDataQuery>() : null;

    public string NextToken { get; set; }

    public ScanBy ScanBy { get; set; }

    public DateTime? StartTime { get; set; }
}

/// <summary>A page of results.</summary>
public partial class GetMetricDataResponse : AmazonWebServiceResponse
{
    public List<MessageData> Messages { get; set; } = AWSConfigs.InitializeCollections ? new List<MessageData>() : null;

    public List<MetricDataResult> MetricDataResults { get; set; } = AWSConfigs.InitializeCollections ? new List<MetricDataResult>() : null;

    public string NextToken { get; set; }
}

/// <summary>The time zone of labels.</summary>
public partial class LabelOptions
{
    public string Timezone { get; set; }
}

/// <summary>A message about a result.</summary>
public partial class MessageData
{
    public string Code { get; set; }

    public string Value { get; set; }
}

/// <summary>The values of one query.</summary>
public partial class MetricDataResult
{
    public string Id { get; set; }

    public string Label { get; set; }

    public List<MessageData> Messages { get; set; } = AWSConfigs.InitializeCollections ? new List<MessageData>() : null;

    public StatusCode StatusCode { get; set; }

    public List<DateTime> Timestamps { get; set; } = AWSConfigs.InitializeCollections ? new List<DateTime>() : null;

    public List<double> Values { get; set; } = AWSConfigs.InitializeCollections ? new List<double>() : null;
}
