using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

// The requests and responses of SQS, member for member as in AWS's service model. In Query its lists and maps are flattened, under names of their own.

internal sealed class CreateQueueRequest
{
    [Constraint(Required = true)]
    public string? QueueName { get; set; }
    [Flattened("Attribute")]
    public Dictionary<string, string>? Attributes { get; set; }
    [JsonPropertyName("tags"), Flattened("Tag", Key = "Key")]
    public Dictionary<string, string>? Tags { get; set; }
}

internal sealed class QueueUrlAnswer
{
    public string? QueueUrl { get; set; }
}

internal sealed class QueueUrlRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
}

internal sealed class GetQueueUrlRequest
{
    [Constraint(Required = true)]
    public string? QueueName { get; set; }
    public string? QueueOwnerAWSAccountId { get; set; }
}

internal sealed class ListQueuesRequest
{
    public string? QueueNamePrefix { get; set; }
    public string? NextToken { get; set; }
    public int? MaxResults { get; set; }
}

internal sealed class ListQueuesResponse
{
    [Flattened("QueueUrl")]
    public List<string>? QueueUrls { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListDeadLetterSourceQueuesRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    public string? NextToken { get; set; }
    public int? MaxResults { get; set; }
}

internal sealed class ListDeadLetterSourceQueuesResponse
{
    [JsonPropertyName("queueUrls"), Flattened("QueueUrl")]
    public List<string>? QueueUrls { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class GetQueueAttributesRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Flattened("AttributeName")]
    public List<string>? AttributeNames { get; set; }
}

internal sealed class GetQueueAttributesResponse
{
    [Flattened("Attribute")]
    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed class SetQueueAttributesRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("Attribute")]
    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed class AddPermissionRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true)]
    public string? Label { get; set; }
    [Constraint(Required = true), Flattened("AWSAccountId")]
    public List<string>? AWSAccountIds { get; set; }
    [Constraint(Required = true), Flattened("ActionName")]
    public List<string>? Actions { get; set; }
}

internal sealed class RemovePermissionRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true)]
    public string? Label { get; set; }
}

internal sealed class TagQueueRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("Tag", Key = "Key")]
    public Dictionary<string, string>? Tags { get; set; }
}

internal sealed class UntagQueueRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("TagKey")]
    public List<string>? TagKeys { get; set; }
}

internal sealed class ListQueueTagsResponse
{
    [Flattened("Tag", Key = "Key")]
    public Dictionary<string, string>? Tags { get; set; }
}

internal sealed class MessageAttributeValue
{
    [Constraint(Required = true)]
    public string? DataType { get; set; }
    public string? StringValue { get; set; }
    public byte[]? BinaryValue { get; set; }
    [Flattened("StringListValue"), NotServed(NoLists)]
    public List<string>? StringListValues { get; set; }
    [Flattened("BinaryListValue"), NotServed(NoLists)]
    public List<byte[]>? BinaryListValues { get; set; }

    /// <summary>The type of lists, for which AWS only has the names.</summary>
    private const string NoLists = "Message attribute list values in SendMessage operation are not supported.";
}

internal sealed class SendMessageRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), NotOnTrail]
    public string? MessageBody { get; set; }
    public int? DelaySeconds { get; set; }
    [Flattened("MessageAttribute")]
    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
    [Flattened("MessageSystemAttribute")]
    public Dictionary<string, MessageAttributeValue>? MessageSystemAttributes { get; set; }
    public string? MessageDeduplicationId { get; set; }
    public string? MessageGroupId { get; set; }
}

internal sealed class SendMessageResponse
{
    public string? MD5OfMessageBody { get; set; }
    public string? MD5OfMessageAttributes { get; set; }
    public string? MD5OfMessageSystemAttributes { get; set; }
    public string? MessageId { get; set; }
}

internal sealed class SendMessageBatchRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("SendMessageBatchRequestEntry")]
    public List<SendMessageBatchRequestEntry>? Entries { get; set; }
}

internal sealed class SendMessageBatchRequestEntry : IBatchEntry
{
    [Constraint(Required = true)]
    public string? Id { get; set; }
    [Constraint(Required = true), NotOnTrail]
    public string? MessageBody { get; set; }
    public int? DelaySeconds { get; set; }
    [Flattened("MessageAttribute")]
    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
    [Flattened("MessageSystemAttribute")]
    public Dictionary<string, MessageAttributeValue>? MessageSystemAttributes { get; set; }
    public string? MessageDeduplicationId { get; set; }
    public string? MessageGroupId { get; set; }
}

internal sealed class SendMessageBatchResponse
{
    [Flattened("SendMessageBatchResultEntry")]
    public List<SendMessageBatchResultEntry>? Successful { get; set; }
    [Flattened("BatchResultErrorEntry")]
    public List<BatchResultErrorEntry>? Failed { get; set; }
}

internal sealed class SendMessageBatchResultEntry
{
    public string? Id { get; set; }
    public string? MessageId { get; set; }
    public string? MD5OfMessageBody { get; set; }
    public string? MD5OfMessageAttributes { get; set; }
    public string? MD5OfMessageSystemAttributes { get; set; }
}

internal sealed class BatchResultErrorEntry
{
    public string? Id { get; set; }
    public bool? SenderFault { get; set; }
    public string? Code { get; set; }
    public string? Message { get; set; }
}

internal sealed class ReceiveMessageRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Flattened("AttributeName")]
    public List<string>? AttributeNames { get; set; }
    [Flattened("MessageSystemAttributeName")]
    public List<string>? MessageSystemAttributeNames { get; set; }
    [Flattened("MessageAttributeName")]
    public List<string>? MessageAttributeNames { get; set; }
    public int? MaxNumberOfMessages { get; set; }
    public int? VisibilityTimeout { get; set; }
    public int? WaitTimeSeconds { get; set; }
    public string? ReceiveRequestAttemptId { get; set; }
}

internal sealed class ReceiveMessageResponse
{
    [Flattened("Message")]
    public List<Message>? Messages { get; set; }
}

internal sealed class Message
{
    public string? MessageId { get; set; }
    public string? ReceiptHandle { get; set; }
    public string? MD5OfBody { get; set; }
    public string? Body { get; set; }
    [Flattened("Attribute")]
    public Dictionary<string, string>? Attributes { get; set; }
    public string? MD5OfMessageAttributes { get; set; }
    [Flattened("MessageAttribute")]
    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
}

internal sealed class DeleteMessageRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true)]
    public string? ReceiptHandle { get; set; }
}

internal sealed class DeleteMessageBatchRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("DeleteMessageBatchRequestEntry")]
    public List<DeleteMessageBatchRequestEntry>? Entries { get; set; }
}

internal sealed class DeleteMessageBatchRequestEntry : IBatchEntry
{
    [Constraint(Required = true)]
    public string? Id { get; set; }
    [Constraint(Required = true)]
    public string? ReceiptHandle { get; set; }
}

internal sealed class DeleteMessageBatchResponse
{
    [Flattened("DeleteMessageBatchResultEntry")]
    public List<BatchResultEntry>? Successful { get; set; }
    [Flattened("BatchResultErrorEntry")]
    public List<BatchResultErrorEntry>? Failed { get; set; }
}

internal sealed class BatchResultEntry
{
    public string? Id { get; set; }
}

internal sealed class ChangeMessageVisibilityRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true)]
    public string? ReceiptHandle { get; set; }
    [Constraint(Required = true)]
    public int? VisibilityTimeout { get; set; }
}

internal sealed class ChangeMessageVisibilityBatchRequest
{
    [Constraint(Required = true)]
    public string? QueueUrl { get; set; }
    [Constraint(Required = true), Flattened("ChangeMessageVisibilityBatchRequestEntry")]
    public List<ChangeMessageVisibilityBatchRequestEntry>? Entries { get; set; }
}

internal sealed class ChangeMessageVisibilityBatchRequestEntry : IBatchEntry
{
    [Constraint(Required = true)]
    public string? Id { get; set; }
    [Constraint(Required = true)]
    public string? ReceiptHandle { get; set; }
    public int? VisibilityTimeout { get; set; }
}

internal sealed class ChangeMessageVisibilityBatchResponse
{
    [Flattened("ChangeMessageVisibilityBatchResultEntry")]
    public List<BatchResultEntry>? Successful { get; set; }
    [Flattened("BatchResultErrorEntry")]
    public List<BatchResultErrorEntry>? Failed { get; set; }
}

/// <summary>An entry of a batch.</summary>
internal interface IBatchEntry
{
    /// <summary>The name by which the answer tells of it.</summary>
    string? Id { get; }
}
