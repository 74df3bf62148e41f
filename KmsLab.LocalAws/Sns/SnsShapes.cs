using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

// The requests and responses of SNS, member for member as in AWS's service model.

internal sealed class CreateTopicRequest
{
    [Constraint(Required = true)]
    public string? Name { get; set; }
    public Dictionary<string, string>? Attributes { get; set; }
    public List<Tag>? Tags { get; set; }
    [NotServed("KmsLab LocalAws looks for no personal data in messages.")]
    public string? DataProtectionPolicy { get; set; }
}

internal sealed class Tag
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128)]
    public string? Key { get; set; }
    [Constraint(Required = true, MaxLength = 256)]
    public string? Value { get; set; }
}

internal sealed class TopicArnAnswer
{
    public string? TopicArn { get; set; }
}

internal sealed class TopicArnRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
}

internal sealed class ListRequest
{
    public string? NextToken { get; set; }
}

internal sealed class ListTopicsResponse
{
    public List<TopicArnAnswer>? Topics { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class AttributesResponse
{
    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed class SetTopicAttributesRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
    [Constraint(Required = true)]
    public string? AttributeName { get; set; }
    public string? AttributeValue { get; set; }
}

internal sealed class SubscribeRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
    [Constraint(Required = true)]
    public string? Protocol { get; set; }
    public string? Endpoint { get; set; }
    public Dictionary<string, string>? Attributes { get; set; }
    public bool? ReturnSubscriptionArn { get; set; }
}

internal sealed class SubscriptionArnAnswer
{
    public string? SubscriptionArn { get; set; }
}

internal sealed class SubscriptionArnRequest
{
    [Constraint(Required = true)]
    public string? SubscriptionArn { get; set; }
}

/// <summary>A request without an ARN is refused in other words than the framework's.</summary>
internal sealed class UnsubscribeRequest
{
    public string? SubscriptionArn { get; set; }
}

internal sealed class ConfirmSubscriptionRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
    [Constraint(Required = true), NotOnTrail]
    public string? Token { get; set; }
    public string? AuthenticateOnUnsubscribe { get; set; }
}

internal sealed class ListSubscriptionsByTopicRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListSubscriptionsResponse
{
    public List<Subscription>? Subscriptions { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class Subscription
{
    public string? SubscriptionArn { get; set; }
    public string? Owner { get; set; }
    public string? Protocol { get; set; }
    public string? Endpoint { get; set; }
    public string? TopicArn { get; set; }
}

internal sealed class SetSubscriptionAttributesRequest
{
    [Constraint(Required = true)]
    public string? SubscriptionArn { get; set; }
    [Constraint(Required = true)]
    public string? AttributeName { get; set; }
    public string? AttributeValue { get; set; }
}

internal sealed class PublishRequest
{
    public string? TopicArn { get; set; }
    public string? TargetArn { get; set; }
    public string? PhoneNumber { get; set; }
    [Constraint(Required = true)]
    public string? Message { get; set; }
    public string? Subject { get; set; }
    public string? MessageStructure { get; set; }
    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
    public string? MessageDeduplicationId { get; set; }
    public string? MessageGroupId { get; set; }
}

internal sealed class MessageAttributeValue
{
    [Constraint(Required = true)]
    public string? DataType { get; set; }
    public string? StringValue { get; set; }
    public byte[]? BinaryValue { get; set; }
}

internal sealed class PublishResponse
{
    public string? MessageId { get; set; }
}

internal sealed class PublishBatchRequest
{
    [Constraint(Required = true)]
    public string? TopicArn { get; set; }
    [Constraint(Required = true)]
    public List<PublishBatchRequestEntry>? PublishBatchRequestEntries { get; set; }
}

internal sealed class PublishBatchRequestEntry
{
    [Constraint(Required = true)]
    public string? Id { get; set; }
    [Constraint(Required = true)]
    public string? Message { get; set; }
    public string? Subject { get; set; }
    public string? MessageStructure { get; set; }
    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
    public string? MessageDeduplicationId { get; set; }
    public string? MessageGroupId { get; set; }
}

internal sealed class PublishBatchResponse
{
    public List<PublishBatchResultEntry>? Successful { get; set; }
    public List<BatchResultErrorEntry>? Failed { get; set; }
}

internal sealed class PublishBatchResultEntry
{
    public string? Id { get; set; }
    public string? MessageId { get; set; }
}

internal sealed class BatchResultErrorEntry
{
    public string? Id { get; set; }
    public string? Code { get; set; }
    public string? Message { get; set; }
    public bool? SenderFault { get; set; }
}

internal sealed class TagResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1011)]
    public string? ResourceArn { get; set; }
    [Constraint(Required = true)]
    public List<Tag>? Tags { get; set; }
}

internal sealed class UntagResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1011)]
    public string? ResourceArn { get; set; }
    [Constraint(Required = true)]
    public List<string>? TagKeys { get; set; }
}

internal sealed class ListTagsForResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1011)]
    public string? ResourceArn { get; set; }
}

internal sealed class ListTagsForResourceResponse
{
    public List<Tag>? Tags { get; set; }
}
