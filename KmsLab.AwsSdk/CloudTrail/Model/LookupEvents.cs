using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Looks up management events of the last 90 days in one Region, newest first, at most 50 a page and twice a second. It needs no trail.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html</remarks>
public partial class LookupEventsRequest : AmazonCloudTrailRequest
{
    public DateTime? EndTime { get; set; }

    public EventCategory EventCategory { get; set; }

    public List<LookupAttribute> LookupAttributes { get; set; } = AWSConfigs.InitializeCollections ? new List<LookupAttribute>() : null;

    /// <summary>At most 50, the default.</summary>
    public int? MaxResults { get; set; }

    public string NextToken { get; set; }

    public DateTime? StartTime { get; set; }
}

/// <summary>A page of events.</summary>
public partial class LookupEventsResponse : AmazonWebServiceResponse
{
    public List<Event> Events { get; set; } = AWSConfigs.InitializeCollections ? new List<Event>() : null;

    public string NextToken { get; set; }
}

/// <summary>What to look for; one attribute a call.</summary>
public partial class LookupAttribute
{
    public LookupAttributeKey AttributeKey { get; set; }

    public string AttributeValue { get; set; }
}

/// <summary>A CloudTrail event.</summary>
public partial class Event
{
    public string AccessKeyId { get; set; }

    /// <summary>The whole record, as JSON text.</summary>
    public string CloudTrailEvent { get; set; }

    public string EventId { get; set; }

    public string EventName { get; set; }

    public string EventSource { get; set; }

    public DateTime? EventTime { get; set; }

    /// <summary>"true" or "false".</summary>
    public string ReadOnly { get; set; }

    public List<Resource> Resources { get; set; } = AWSConfigs.InitializeCollections ? new List<Resource>() : null;

    public string Username { get; set; }
}

/// <summary>A resource that an event touched.</summary>
public partial class Resource
{
    public string ResourceName { get; set; }

    public string ResourceType { get; set; }
}
