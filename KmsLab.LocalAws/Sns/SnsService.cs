using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

/// <summary>Amazon SNS: topics, subscriptions by HTTP, email and SMS, and publishing. It speaks Query.</summary>
internal sealed class SnsService : AwsService
{
    public SnsService(TopicOperations topics, SubscriptionOperations subscriptions, PublishOperations publish) : base("sns", "sns.amazonaws.com")
    {
        XmlNamespace = "http://sns.amazonaws.com/doc/2010-03-31/";
        ValidationError = "ValidationError";
        AccessDeniedError = "AuthorizationError";
        InternalError = "InternalError";

        var wire = SnsJson.Wire;
        Add("CreateTopic", OnTrail.WriteWithResponse, () => wire.CreateTopicRequest, () => wire.TopicArnAnswer, topics.CreateTopic);
        Add("DeleteTopic", OnTrail.Write, () => wire.TopicArnRequest, () => wire.NoOutput, topics.DeleteTopic);
        Add("ListTopics", OnTrail.Read, () => wire.ListRequest, () => wire.ListTopicsResponse, topics.ListTopics);
        Add("GetTopicAttributes", OnTrail.Read, () => wire.TopicArnRequest, () => wire.AttributesResponse, topics.GetTopicAttributes);
        Add("SetTopicAttributes", OnTrail.Write, () => wire.SetTopicAttributesRequest, () => wire.NoOutput, topics.SetTopicAttributes);
        Add("TagResource", OnTrail.Write, () => wire.TagResourceRequest, () => wire.NoMembers, topics.TagResource);
        Add("UntagResource", OnTrail.Write, () => wire.UntagResourceRequest, () => wire.NoMembers, topics.UntagResource);
        Add("ListTagsForResource", OnTrail.Read, () => wire.ListTagsForResourceRequest, () => wire.ListTagsForResourceResponse, topics.ListTagsForResource);

        Add("Subscribe", OnTrail.WriteWithResponse, () => wire.SubscribeRequest, () => wire.SubscriptionArnAnswer, subscriptions.Subscribe);
        // The links in its messages carry no credentials.
        Add("ConfirmSubscription", OnTrail.WriteWithResponse, () => wire.ConfirmSubscriptionRequest, () => wire.SubscriptionArnAnswer, subscriptions.ConfirmSubscription, anonymous: true);
        Add("Unsubscribe", OnTrail.Write, () => wire.UnsubscribeRequest, () => wire.NoOutput, subscriptions.Unsubscribe, anonymous: true);
        Add("ListSubscriptions", OnTrail.Read, () => wire.ListRequest, () => wire.ListSubscriptionsResponse, subscriptions.ListSubscriptions);
        Add("ListSubscriptionsByTopic", OnTrail.Read, () => wire.ListSubscriptionsByTopicRequest, () => wire.ListSubscriptionsResponse, subscriptions.ListSubscriptionsByTopic);
        Add("GetSubscriptionAttributes", OnTrail.Read, () => wire.SubscriptionArnRequest, () => wire.AttributesResponse, subscriptions.GetSubscriptionAttributes);
        Add("SetSubscriptionAttributes", OnTrail.Write, () => wire.SetSubscriptionAttributesRequest, () => wire.NoOutput, subscriptions.SetSubscriptionAttributes);

        Add("Publish", OnTrail.Nothing, () => wire.PublishRequest, () => wire.PublishResponse, publish.Publish);
        Add("PublishBatch", OnTrail.Nothing, () => wire.PublishBatchRequest, () => wire.PublishBatchResponse, publish.PublishBatch);

        Refuse("KmsLab LocalAws serves no mobile push.", "CreatePlatformApplication", "CreatePlatformEndpoint", "DeleteEndpoint", "DeletePlatformApplication", "GetEndpointAttributes", "GetPlatformApplicationAttributes", "ListEndpointsByPlatformApplication", "ListPlatformApplications", "SetEndpointAttributes", "SetPlatformApplicationAttributes");
        Refuse("KmsLab LocalAws keeps text messages in its mailbox and has no SMS settings.", "CheckIfPhoneNumberIsOptedOut", "CreateSMSSandboxPhoneNumber", "DeleteSMSSandboxPhoneNumber", "GetSMSAttributes", "GetSMSSandboxAccountStatus", "ListOriginationNumbers", "ListPhoneNumbersOptedOut", "ListSMSSandboxPhoneNumbers", "OptInPhoneNumber", "SetSMSAttributes", "VerifySMSSandboxPhoneNumber");
        Refuse("KmsLab LocalAws keeps a topic's policy (SetTopicAttributes) but doesn't enforce it.", "AddPermission", "RemovePermission", "GetDataProtectionPolicy", "PutDataProtectionPolicy");
    }

    public override AwsException NotServed(string why) => SnsErrors.Invalid(why);
}
