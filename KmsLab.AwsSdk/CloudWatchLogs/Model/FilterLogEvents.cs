using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Finds log events of a group by time, stream and filter pattern, at most 10,000 events or 1 MB a page.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html</remarks>
public partial class FilterLogEventsRequest : AmazonCloudWatchLogsRequest
{
    /// <summary>In milliseconds since 1970-01-01T00:00:00Z. Later events are left out.</summary>
    public long? EndTime { get; set; }

    public string FilterPattern { get; set; }

    public int? Limit { get; set; }

    /// <summary>A name or an ARN, in place of <see cref="LogGroupName"/>.</summary>
    public string LogGroupIdentifier { get; set; }

    public string LogGroupName { get; set; }

    public string LogStreamNamePrefix { get; set; }

    /// <summary>At most 100, and not together with <see cref="LogStreamNamePrefix"/>.</summary>
    public List<string> LogStreamNames { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string NextToken { get; set; }

    /// <summary>In milliseconds since 1970-01-01T00:00:00Z. Earlier events are left out.</summary>
    public long? StartTime { get; set; }

    public bool? Unmask { get; set; }
}

/// <summary>A page of matching events in order of their timestamps. It may be empty and still carry a token: only an absent token ends the list.</summary>
public partial class FilterLogEventsResponse : AmazonWebServiceResponse
{
    public List<FilteredLogEvent> Events { get; set; } = AWSConfigs.InitializeCollections ? new List<FilteredLogEvent>() : null;

    /// <summary>Null on the last page. Valid for 24 hours.</summary>
    public string NextToken { get; set; }

    public List<SearchedLogStream> SearchedLogStreams { get; set; } = AWSConfigs.InitializeCollections ? new List<SearchedLogStream>() : null;
}

/// <summary>A matching log event.</summary>
public partial class FilteredLogEvent
{
    public string EventId { get; set; }

    /// <summary>In milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long? IngestionTime { get; set; }

    public string LogStreamName { get; set; }

    public string Message { get; set; }

    /// <summary>In milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long? Timestamp { get; set; }
}

/// <summary>No longer filled by AWS: every stream is always searched.</summary>
public partial class SearchedLogStream
{
    public string LogStreamName { get; set; }

    public bool? SearchedCompletely { get; set; }
}
