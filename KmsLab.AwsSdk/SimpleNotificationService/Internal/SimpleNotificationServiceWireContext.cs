using System.Text.Json.Serialization;
using Amazon.SimpleNotificationService.Model;

namespace Amazon.SimpleNotificationService.Internal;

/// <summary>Generated serializers of the requests and responses.</summary>
[JsonSerializable(typeof(PublishRequest))]
[JsonSerializable(typeof(PublishResponse))]
[JsonSerializable(typeof(PublishBatchRequest))]
[JsonSerializable(typeof(PublishBatchResponse))]
[JsonSerializable(typeof(CreateTopicRequest))]
[JsonSerializable(typeof(CreateTopicResponse))]
[JsonSerializable(typeof(DeleteTopicRequest))]
[JsonSerializable(typeof(DeleteTopicResponse))]
[JsonSerializable(typeof(ListTopicsRequest))]
[JsonSerializable(typeof(ListTopicsResponse))]
[JsonSerializable(typeof(GetTopicAttributesRequest))]
[JsonSerializable(typeof(GetTopicAttributesResponse))]
[JsonSerializable(typeof(SetTopicAttributesRequest))]
[JsonSerializable(typeof(SetTopicAttributesResponse))]
[JsonSerializable(typeof(SubscribeRequest))]
[JsonSerializable(typeof(SubscribeResponse))]
[JsonSerializable(typeof(ConfirmSubscriptionRequest))]
[JsonSerializable(typeof(ConfirmSubscriptionResponse))]
[JsonSerializable(typeof(UnsubscribeRequest))]
[JsonSerializable(typeof(UnsubscribeResponse))]
[JsonSerializable(typeof(ListSubscriptionsByTopicRequest))]
[JsonSerializable(typeof(ListSubscriptionsByTopicResponse))]
[JsonSerializable(typeof(GetSubscriptionAttributesRequest))]
[JsonSerializable(typeof(GetSubscriptionAttributesResponse))]
[JsonSerializable(typeof(SetSubscriptionAttributesRequest))]
[JsonSerializable(typeof(SetSubscriptionAttributesResponse))]
internal sealed partial class SimpleNotificationServiceWireContext : JsonSerializerContext;
