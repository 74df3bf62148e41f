using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

// Requests and responses of the CloudTrail API: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html

internal sealed class CreateTrailRequest
{
    [Constraint(Required = true)]
    public string? Name { get; set; }

    [Constraint(Required = true)]
    public string? S3BucketName { get; set; }

    public string? S3KeyPrefix { get; set; }
    public string? SnsTopicName { get; set; }
    public bool? IncludeGlobalServiceEvents { get; set; }
    public bool? IsMultiRegionTrail { get; set; }
    public bool? EnableLogFileValidation { get; set; }
    public string? CloudWatchLogsLogGroupArn { get; set; }
    public string? CloudWatchLogsRoleArn { get; set; }
    public string? KmsKeyId { get; set; }
    public bool? IsOrganizationTrail { get; set; }

    [Constraint(MaxLength = 200)]
    public List<TrailTag>? TagsList { get; set; }
}

internal sealed class UpdateTrailRequest
{
    [Constraint(Required = true)]
    public string? Name { get; set; }

    public string? S3BucketName { get; set; }
    public string? S3KeyPrefix { get; set; }
    public string? SnsTopicName { get; set; }
    public bool? IncludeGlobalServiceEvents { get; set; }
    public bool? IsMultiRegionTrail { get; set; }
    public bool? EnableLogFileValidation { get; set; }
    public string? CloudWatchLogsLogGroupArn { get; set; }
    public string? CloudWatchLogsRoleArn { get; set; }
    public string? KmsKeyId { get; set; }
    public bool? IsOrganizationTrail { get; set; }
}

/// <summary>The answer of CreateTrail and of UpdateTrail.</summary>
internal sealed class TrailChangedResponse
{
    public string? Name { get; set; }
    public string? S3BucketName { get; set; }
    public string? S3KeyPrefix { get; set; }
    public string? SnsTopicName { get; set; }

    [JsonPropertyName("SnsTopicARN")]
    public string? SnsTopicArn { get; set; }

    public bool? IncludeGlobalServiceEvents { get; set; }
    public bool? IsMultiRegionTrail { get; set; }

    [JsonPropertyName("TrailARN")]
    public string? TrailArn { get; set; }

    public bool? LogFileValidationEnabled { get; set; }
    public string? CloudWatchLogsLogGroupArn { get; set; }
    public string? CloudWatchLogsRoleArn { get; set; }
    public string? KmsKeyId { get; set; }
    public bool? IsOrganizationTrail { get; set; }
}

/// <summary>The request of every operation that names one trail and nothing else.</summary>
internal sealed class TrailNameRequest
{
    [Constraint(Required = true)]
    public string? Name { get; set; }
}

internal sealed class DescribeTrailsRequest
{
    [JsonPropertyName("trailNameList")]
    public List<string>? TrailNameList { get; set; }

    [JsonPropertyName("includeShadowTrails")]
    public bool? IncludeShadowTrails { get; set; }
}

internal sealed class DescribeTrailsResponse
{
    [JsonPropertyName("trailList")]
    public List<TrailDescription>? TrailList { get; set; }
}

internal sealed class GetTrailResponse
{
    public TrailDescription? Trail { get; set; }
}

internal sealed class TrailDescription
{
    public string? Name { get; set; }
    public string? S3BucketName { get; set; }
    public string? S3KeyPrefix { get; set; }
    public string? SnsTopicName { get; set; }

    [JsonPropertyName("SnsTopicARN")]
    public string? SnsTopicArn { get; set; }

    public bool? IncludeGlobalServiceEvents { get; set; }
    public bool? IsMultiRegionTrail { get; set; }
    public string? HomeRegion { get; set; }

    [JsonPropertyName("TrailARN")]
    public string? TrailArn { get; set; }

    public bool? LogFileValidationEnabled { get; set; }
    public string? CloudWatchLogsLogGroupArn { get; set; }
    public string? CloudWatchLogsRoleArn { get; set; }
    public string? KmsKeyId { get; set; }
    public bool? HasCustomEventSelectors { get; set; }
    public bool? HasInsightSelectors { get; set; }
    public bool? IsOrganizationTrail { get; set; }
}

internal sealed class ListTrailsRequest
{
    public string? NextToken { get; set; }
}

internal sealed class ListTrailsResponse
{
    public List<TrailInfo>? Trails { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class TrailInfo
{
    [JsonPropertyName("TrailARN")]
    public string? TrailArn { get; set; }

    public string? Name { get; set; }
    public string? HomeRegion { get; set; }
}

internal sealed class GetTrailStatusResponse
{
    public bool? IsLogging { get; set; }
    public string? LatestDeliveryError { get; set; }
    public DateTimeOffset? LatestDeliveryTime { get; set; }
    public DateTimeOffset? LatestDigestDeliveryTime { get; set; }
    public DateTimeOffset? StartLoggingTime { get; set; }
    public DateTimeOffset? StopLoggingTime { get; set; }
    public string? LatestCloudWatchLogsDeliveryError { get; set; }
    public DateTimeOffset? LatestCloudWatchLogsDeliveryTime { get; set; }
    public string? LatestDeliveryAttemptTime { get; set; }
    public string? LatestNotificationAttemptTime { get; set; }
    public string? LatestNotificationAttemptSucceeded { get; set; }
    public string? LatestDeliveryAttemptSucceeded { get; set; }
    public string? TimeLoggingStarted { get; set; }
    public string? TimeLoggingStopped { get; set; }
}

internal sealed class PutEventSelectorsRequest
{
    [Constraint(Required = true)]
    public string? TrailName { get; set; }

    public List<EventSelector>? EventSelectors { get; set; }
    public List<AdvancedEventSelector>? AdvancedEventSelectors { get; set; }
}

internal sealed class GetEventSelectorsRequest
{
    [Constraint(Required = true)]
    public string? TrailName { get; set; }
}

internal sealed class GetInsightSelectorsRequest
{
    public string? TrailName { get; set; }

    [NotServed("KmsLab LocalAws has no event data stores.")]
    public string? EventDataStore { get; set; }
}

/// <summary>The answer of PutEventSelectors and of GetEventSelectors.</summary>
internal sealed class EventSelectorsResponse
{
    [JsonPropertyName("TrailARN")]
    public string? TrailArn { get; set; }

    public List<EventSelector>? EventSelectors { get; set; }
    public List<AdvancedEventSelector>? AdvancedEventSelectors { get; set; }
}

internal sealed class TrailTag
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128)]
    public string? Key { get; set; }

    [Constraint(MaxLength = 256)]
    public string? Value { get; set; }
}

/// <summary>The request of AddTags and of RemoveTags.</summary>
internal sealed class ChangeTagsRequest
{
    [Constraint(Required = true)]
    public string? ResourceId { get; set; }

    [Constraint(Required = true, MaxLength = 200)]
    public List<TrailTag>? TagsList { get; set; }
}

internal sealed class ListTagsRequest
{
    [Constraint(Required = true)]
    public List<string>? ResourceIdList { get; set; }

    public string? NextToken { get; set; }
}

internal sealed class ListTagsResponse
{
    public List<ResourceTag>? ResourceTagList { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ResourceTag
{
    public string? ResourceId { get; set; }
    public List<TrailTag>? TagsList { get; set; }
}

internal sealed class ListPublicKeysRequest
{
    public DateTimeOffset? StartTime { get; set; }
    public DateTimeOffset? EndTime { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class ListPublicKeysResponse
{
    public List<PublicKey>? PublicKeyList { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class PublicKey
{
    public byte[]? Value { get; set; }
    public DateTimeOffset? ValidityStartTime { get; set; }
    public DateTimeOffset? ValidityEndTime { get; set; }
    public string? Fingerprint { get; set; }
}

internal sealed class LookupEventsRequest
{
    public List<LookupAttribute>? LookupAttributes { get; set; }
    public DateTimeOffset? StartTime { get; set; }
    public DateTimeOffset? EndTime { get; set; }

    [Constraint(Values = ["insight"])]
    public string? EventCategory { get; set; }

    public int? MaxResults { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class LookupAttribute
{
    [Constraint(Required = true, Values = ["EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"])]
    public string? AttributeKey { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 2000)]
    public string? AttributeValue { get; set; }
}

internal sealed class LookupEventsResponse
{
    public List<LookedUpEvent>? Events { get; set; }
    public string? NextToken { get; set; }
}

internal sealed class LookedUpEvent
{
    public string? EventId { get; set; }
    public string? EventName { get; set; }
    public string? ReadOnly { get; set; }
    public string? AccessKeyId { get; set; }
    public DateTimeOffset? EventTime { get; set; }
    public string? EventSource { get; set; }
    public string? Username { get; set; }
    public List<LookedUpResource>? Resources { get; set; }
    public string? CloudTrailEvent { get; set; }
}

internal sealed class LookedUpResource
{
    public string? ResourceType { get; set; }
    public string? ResourceName { get; set; }
}

[JsonSerializable(typeof(CreateTrailRequest))]
[JsonSerializable(typeof(UpdateTrailRequest))]
[JsonSerializable(typeof(TrailChangedResponse))]
[JsonSerializable(typeof(TrailNameRequest))]
[JsonSerializable(typeof(DescribeTrailsRequest))]
[JsonSerializable(typeof(DescribeTrailsResponse))]
[JsonSerializable(typeof(GetTrailResponse))]
[JsonSerializable(typeof(ListTrailsRequest))]
[JsonSerializable(typeof(ListTrailsResponse))]
[JsonSerializable(typeof(GetTrailStatusResponse))]
[JsonSerializable(typeof(PutEventSelectorsRequest))]
[JsonSerializable(typeof(GetEventSelectorsRequest))]
[JsonSerializable(typeof(GetInsightSelectorsRequest))]
[JsonSerializable(typeof(EventSelectorsResponse))]
[JsonSerializable(typeof(ChangeTagsRequest))]
[JsonSerializable(typeof(ListTagsRequest))]
[JsonSerializable(typeof(ListTagsResponse))]
[JsonSerializable(typeof(ListPublicKeysRequest))]
[JsonSerializable(typeof(ListPublicKeysResponse))]
[JsonSerializable(typeof(LookupEventsRequest))]
[JsonSerializable(typeof(LookupEventsResponse))]
[JsonSerializable(typeof(NoMembers))]
[JsonSerializable(typeof(TrailDefinition))]
internal sealed partial class CloudTrailJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly CloudTrailJson Wire = new(AwsJson.Options());
}
