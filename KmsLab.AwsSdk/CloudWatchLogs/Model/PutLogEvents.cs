using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Adds events to a stream: in order of their timestamps, at most 10,000 of them and 1,048,576 bytes (each counted as its UTF-8 length plus 26).</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html</remarks>
public partial class PutLogEventsRequest : AmazonCloudWatchLogsRequest
{
    public List<InputLogEvent> LogEvents { get; set; } = AWSConfigs.InitializeCollections ? new List<InputLogEvent>() : null;

    public string LogGroupName { get; set; }

    public string LogStreamName { get; set; }

    /// <summary>Ignored by AWS since 2023.</summary>
    public string SequenceToken { get; set; }
}

/// <summary>The events were accepted, but for those that <see cref="RejectedLogEventsInfo"/> names.</summary>
public partial class PutLogEventsResponse : AmazonWebServiceResponse
{
    /// <summary>Without meaning since 2023.</summary>
    public string NextSequenceToken { get; set; }

    public RejectedLogEventsInfo RejectedLogEventsInfo { get; set; }
}

/// <summary>An event to store.</summary>
public partial class InputLogEvent
{
    public string Message { get; set; }

    public DateTime? Timestamp { get; set; }
}

/// <summary>Which events of a PutLogEvents call were not stored.</summary>
public partial class RejectedLogEventsInfo
{
    /// <summary>One past the last event older than the group's retention.</summary>
    public int? ExpiredLogEventEndIndex { get; set; }

    /// <summary>The first event more than two hours ahead.</summary>
    public int? TooNewLogEventStartIndex { get; set; }

    /// <summary>One past the last event older than 14 days.</summary>
    public int? TooOldLogEventEndIndex { get; set; }
}
