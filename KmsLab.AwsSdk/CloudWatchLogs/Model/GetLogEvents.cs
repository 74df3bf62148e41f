using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Reads the events of one stream, forwards or backwards.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html</remarks>
public partial class GetLogEventsRequest : AmazonCloudWatchLogsRequest
{
    public DateTime? EndTime { get; set; }

    public int? Limit { get; set; }

    public string LogGroupIdentifier { get; set; }

    public string LogGroupName { get; set; }

    public string LogStreamName { get; set; }

    public string NextToken { get; set; }

    /// <summary>False, the default: the latest events first.</summary>
    public bool? StartFromHead { get; set; }

    public DateTime? StartTime { get; set; }

    public bool? Unmask { get; set; }
}

/// <summary>A page of events. At the end of the stream the same token comes back.</summary>
public partial class GetLogEventsResponse : AmazonWebServiceResponse
{
    public List<OutputLogEvent> Events { get; set; } = AWSConfigs.InitializeCollections ? new List<OutputLogEvent>() : null;

    public string NextBackwardToken { get; set; }

    public string NextForwardToken { get; set; }
}

/// <summary>A stored event.</summary>
public partial class OutputLogEvent
{
    public DateTime? IngestionTime { get; set; }

    public string Message { get; set; }

    public DateTime? Timestamp { get; set; }
}
