using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Sends a message to a topic, at most 256 KB.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_Publish.html</remarks>
public partial class PublishRequest : AmazonSimpleNotificationServiceRequest
{
    public string Message { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, MessageAttributeValue>() : null;

    public string MessageDeduplicationId { get; set; }

    public string MessageGroupId { get; set; }

    /// <summary><c>json</c>: the message has a text for each protocol, and <c>default</c>.</summary>
    public string MessageStructure { get; set; }

    public string PhoneNumber { get; set; }

    /// <summary>Of an email: under 100 ASCII characters, without a newline.</summary>
    public string Subject { get; set; }

    public string TargetArn { get; set; }

    public string TopicArn { get; set; }
}

/// <summary>The message was accepted.</summary>
public partial class PublishResponse : AmazonWebServiceResponse
{
    public string MessageId { get; set; }

    public string SequenceNumber { get; set; }
}
