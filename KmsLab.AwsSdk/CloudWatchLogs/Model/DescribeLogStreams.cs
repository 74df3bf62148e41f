using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Lists the streams of a log group, at most 50 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html</remarks>
public partial class DescribeLogStreamsRequest : AmazonCloudWatchLogsRequest
{
    public bool? Descending { get; set; }

    public int? Limit { get; set; }

    public string LogGroupIdentifier { get; set; }

    public string LogGroupName { get; set; }

    public string LogStreamNamePrefix { get; set; }

    public string NextToken { get; set; }

    public OrderBy OrderBy { get; set; }
}

/// <summary>A page of log streams.</summary>
public partial class DescribeLogStreamsResponse : AmazonWebServiceResponse
{
    public List<LogStream> LogStreams { get; set; } = AWSConfigs.InitializeCollections ? new List<LogStream>() : null;

    public string NextToken { get; set; }
}

/// <summary>A log stream.</summary>
public partial class LogStream
{
    public string Arn { get; set; }

    public DateTime? CreationTime { get; set; }

    public DateTime? FirstEventTimestamp { get; set; }

    public DateTime? LastEventTimestamp { get; set; }

    public DateTime? LastIngestionTime { get; set; }

    public string LogStreamName { get; set; }

    public string UploadSequenceToken { get; set; }
}
