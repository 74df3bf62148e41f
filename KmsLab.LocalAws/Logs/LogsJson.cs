using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The shapes of CloudWatch Logs, and what it stores as JSON.</summary>
[JsonSerializable(typeof(NoOutput))]
[JsonSerializable(typeof(ListLogGroupsRequest))]
[JsonSerializable(typeof(ListLogGroupsResponse))]
[JsonSerializable(typeof(DescribeSubscriptionFiltersRequest))]
[JsonSerializable(typeof(DescribeSubscriptionFiltersResponse))]
[JsonSerializable(typeof(PutResourcePolicyRequest))]
[JsonSerializable(typeof(PutResourcePolicyResponse))]
[JsonSerializable(typeof(DescribeResourcePoliciesRequest))]
[JsonSerializable(typeof(DescribeResourcePoliciesResponse))]
[JsonSerializable(typeof(DeleteResourcePolicyRequest))]
[JsonSerializable(typeof(GroupRequest))]
[JsonSerializable(typeof(CreateLogGroupRequest))]
[JsonSerializable(typeof(DeletionProtectionRequest))]
[JsonSerializable(typeof(PutRetentionPolicyRequest))]
[JsonSerializable(typeof(DescribeLogGroupsRequest))]
[JsonSerializable(typeof(DescribeLogGroupsResponse))]
[JsonSerializable(typeof(TagLogGroupRequest))]
[JsonSerializable(typeof(UntagLogGroupRequest))]
[JsonSerializable(typeof(ResourceRequest))]
[JsonSerializable(typeof(TagResourceRequest))]
[JsonSerializable(typeof(UntagResourceRequest))]
[JsonSerializable(typeof(TagsResponse))]
[JsonSerializable(typeof(StreamRequest))]
[JsonSerializable(typeof(DescribeLogStreamsRequest))]
[JsonSerializable(typeof(DescribeLogStreamsResponse))]
[JsonSerializable(typeof(PutLogEventsRequest))]
[JsonSerializable(typeof(PutLogEventsResponse))]
[JsonSerializable(typeof(GetLogEventsRequest))]
[JsonSerializable(typeof(GetLogEventsResponse))]
[JsonSerializable(typeof(FilterLogEventsRequest))]
[JsonSerializable(typeof(FilterLogEventsResponse))]
[JsonSerializable(typeof(MetricFilterRequest))]
[JsonSerializable(typeof(PutMetricFilterRequest))]
[JsonSerializable(typeof(DescribeMetricFiltersRequest))]
[JsonSerializable(typeof(DescribeMetricFiltersResponse))]
[JsonSerializable(typeof(TestMetricFilterRequest))]
[JsonSerializable(typeof(TestMetricFilterResponse))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LogsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON: members begin with a small letter here.</summary>
    public static readonly LogsJson Wire = new(AwsJson.Options(camelCase: true));
}
