using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Sends up to ten messages to a topic.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html</remarks>
public partial class PublishBatchRequest : AmazonSimpleNotificationServiceRequest
{
    public List<PublishBatchRequestEntry> PublishBatchRequestEntries { get; set; } = AWSConfigs.InitializeCollections ? new List<PublishBatchRequestEntry>() : null;

    public string TopicArn { get; set; }
}

/// <summary>Which messages were accepted, and which were not.</summary>
public partial class PublishBatchResponse : AmazonWebServiceResponse
{
    public List<BatchResultErrorEntry> Failed { get; set; } = AWSConfigs.InitializeCollections ? new List<BatchResultErrorEntry>() : null;

    public List<PublishBatchResultEntry> Successful { get; set; } = AWSConfigs.InitializeCollections ? new List<PublishBatchResultEntry>() : null;
}

/// <summary>A message of a batch.</summary>
public partial class PublishBatchRequestEntry
{
    public string Id { get; set; }

    public string Message { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, MessageAttributeValue>() : null;

    public string MessageDeduplicationId { get; set; }

    public string MessageGroupId { get; set; }

    public string MessageStructure { get; set; }

    public string Subject { get; set; }
}

/// <summary>A message that was not accepted.</summary>
public partial class BatchResultErrorEntry
{
    public string Code { get; set; }

    public string Id { get; set; }

    public string Message { get; set; }

    public bool? SenderFault { get; set; }
}

/// <summary>A message that was accepted.</summary>
public partial class PublishBatchResultEntry
{
    public string Id { get; set; }

    public string MessageId { get; set; }

    public string SequenceNumber { get; set; }
}
