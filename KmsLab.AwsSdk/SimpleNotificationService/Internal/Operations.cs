using Amazon.SimpleNotificationService.Model;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.SimpleNotificationService.Internal;

/// <summary>The operations, each with its wire form and the errors that its model declares.</summary>
internal static class Operations
{
    private static readonly QueryProtocol Protocol = new(
        AmazonSimpleNotificationServiceConfig.Service,
        "Amazon.SimpleNotificationService",
        new Dictionary<string, (string, string)> { ["Attributes"] = ("key", "value"), ["MessageAttributes"] = ("Name", "Value") },
        e => new AmazonSimpleNotificationServiceException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError AuthorizationError =
        new("AuthorizationError", e => new AuthorizationErrorException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError BatchEntryIdsNotDistinct =
        new("BatchEntryIdsNotDistinct", e => new BatchEntryIdsNotDistinctException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError BatchRequestTooLong =
        new("BatchRequestTooLong", e => new BatchRequestTooLongException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ConcurrentAccess =
        new("ConcurrentAccess", e => new ConcurrentAccessException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError EmptyBatchRequest =
        new("EmptyBatchRequest", e => new EmptyBatchRequestException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError EndpointDisabled =
        new("EndpointDisabled", e => new EndpointDisabledException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError FilterPolicyLimitExceeded =
        new("FilterPolicyLimitExceeded", e => new FilterPolicyLimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InternalError =
        new("InternalError", e => new InternalErrorException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidBatchEntryId =
        new("InvalidBatchEntryId", e => new InvalidBatchEntryIdException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidParameter =
        new("InvalidParameter", e => new InvalidParameterException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidParameterValue =
        new("ParameterValueInvalid", e => new InvalidParameterValueException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidSecurity =
        new("InvalidSecurity", e => new InvalidSecurityException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidState =
        new("InvalidState", e => new InvalidStateException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSAccessDenied =
        new("KMSAccessDenied", e => new KMSAccessDeniedException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSDisabled =
        new("KMSDisabled", e => new KMSDisabledException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSInvalidState =
        new("KMSInvalidState", e => new KMSInvalidStateException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSNotFound =
        new("KMSNotFound", e => new KMSNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSOptInRequired =
        new("KMSOptInRequired", e => new KMSOptInRequiredException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError KMSThrottling =
        new("KMSThrottling", e => new KMSThrottlingException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError NotFound =
        new("NotFound", e => new NotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError PlatformApplicationDisabled =
        new("PlatformApplicationDisabled", e => new PlatformApplicationDisabledException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ReplayLimitExceeded =
        new("ReplayLimitExceeded", e => new ReplayLimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError StaleTag =
        new("StaleTag", e => new StaleTagException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError SubscriptionLimitExceeded =
        new("SubscriptionLimitExceeded", e => new SubscriptionLimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError TagLimitExceeded =
        new("TagLimitExceeded", e => new TagLimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError TagPolicy =
        new("TagPolicy", e => new TagPolicyException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError TooManyEntriesInBatchRequest =
        new("TooManyEntriesInBatchRequest", e => new TooManyEntriesInBatchRequestException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError TopicLimitExceeded =
        new("TopicLimitExceeded", e => new TopicLimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError Validation =
        new("ValidationException", e => new ValidationException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    internal static Operation<PublishResponse> Publish { get; } =
        Protocol.Operation("Publish", Wire.Info<PublishRequest>(), Wire.Info<PublishResponse>(), InvalidParameter, InvalidParameterValue, InternalError, NotFound, EndpointDisabled, PlatformApplicationDisabled, AuthorizationError, KMSDisabled, KMSInvalidState, KMSNotFound, KMSOptInRequired, KMSThrottling, KMSAccessDenied, InvalidSecurity, Validation);

    internal static Operation<PublishBatchResponse> PublishBatch { get; } =
        Protocol.Operation("PublishBatch", Wire.Info<PublishBatchRequest>(), Wire.Info<PublishBatchResponse>(), InvalidParameter, InvalidParameterValue, InternalError, NotFound, EndpointDisabled, PlatformApplicationDisabled, AuthorizationError, BatchEntryIdsNotDistinct, BatchRequestTooLong, EmptyBatchRequest, InvalidBatchEntryId, TooManyEntriesInBatchRequest, KMSDisabled, KMSInvalidState, KMSNotFound, KMSOptInRequired, KMSThrottling, KMSAccessDenied, InvalidSecurity, Validation);

    internal static Operation<CreateTopicResponse> CreateTopic { get; } =
        Protocol.Operation("CreateTopic", Wire.Info<CreateTopicRequest>(), Wire.Info<CreateTopicResponse>(), InvalidParameter, TopicLimitExceeded, InternalError, AuthorizationError, InvalidSecurity, TagLimitExceeded, StaleTag, TagPolicy, ConcurrentAccess);

    internal static Operation<DeleteTopicResponse> DeleteTopic { get; } =
        Protocol.Operation("DeleteTopic", Wire.Info<DeleteTopicRequest>(), Wire.Info<DeleteTopicResponse>(), InvalidParameter, InvalidState, InternalError, AuthorizationError, NotFound, StaleTag, TagPolicy, ConcurrentAccess);

    internal static Operation<ListTopicsResponse> ListTopics { get; } =
        Protocol.Operation("ListTopics", Wire.Info<ListTopicsRequest>(), Wire.Info<ListTopicsResponse>(), InvalidParameter, InternalError, AuthorizationError);

    internal static Operation<GetTopicAttributesResponse> GetTopicAttributes { get; } =
        Protocol.Operation("GetTopicAttributes", Wire.Info<GetTopicAttributesRequest>(), Wire.Info<GetTopicAttributesResponse>(), InvalidParameter, InternalError, NotFound, AuthorizationError, InvalidSecurity);

    internal static Operation<SetTopicAttributesResponse> SetTopicAttributes { get; } =
        Protocol.Operation("SetTopicAttributes", Wire.Info<SetTopicAttributesRequest>(), Wire.Info<SetTopicAttributesResponse>(), InvalidParameter, InternalError, NotFound, AuthorizationError, InvalidSecurity);

    internal static Operation<SubscribeResponse> Subscribe { get; } =
        Protocol.Operation("Subscribe", Wire.Info<SubscribeRequest>(), Wire.Info<SubscribeResponse>(), SubscriptionLimitExceeded, FilterPolicyLimitExceeded, ReplayLimitExceeded, InvalidParameter, InternalError, NotFound, AuthorizationError, InvalidSecurity);

    internal static Operation<ConfirmSubscriptionResponse> ConfirmSubscription { get; } =
        Protocol.Operation("ConfirmSubscription", Wire.Info<ConfirmSubscriptionRequest>(), Wire.Info<ConfirmSubscriptionResponse>(), SubscriptionLimitExceeded, InvalidParameter, NotFound, InternalError, AuthorizationError, FilterPolicyLimitExceeded, ReplayLimitExceeded);

    internal static Operation<UnsubscribeResponse> Unsubscribe { get; } =
        Protocol.Operation("Unsubscribe", Wire.Info<UnsubscribeRequest>(), Wire.Info<UnsubscribeResponse>(), InvalidParameter, InternalError, AuthorizationError, NotFound, InvalidSecurity);

    internal static Operation<ListSubscriptionsByTopicResponse> ListSubscriptionsByTopic { get; } =
        Protocol.Operation("ListSubscriptionsByTopic", Wire.Info<ListSubscriptionsByTopicRequest>(), Wire.Info<ListSubscriptionsByTopicResponse>(), InvalidParameter, InternalError, NotFound, AuthorizationError);

    internal static Operation<GetSubscriptionAttributesResponse> GetSubscriptionAttributes { get; } =
        Protocol.Operation("GetSubscriptionAttributes", Wire.Info<GetSubscriptionAttributesRequest>(), Wire.Info<GetSubscriptionAttributesResponse>(), InvalidParameter, InternalError, NotFound, AuthorizationError);

    internal static Operation<SetSubscriptionAttributesResponse> SetSubscriptionAttributes { get; } =
        Protocol.Operation("SetSubscriptionAttributes", Wire.Info<SetSubscriptionAttributesRequest>(), Wire.Info<SetSubscriptionAttributesResponse>(), InvalidParameter, FilterPolicyLimitExceeded, ReplayLimitExceeded, InternalError, NotFound, AuthorizationError);
}
