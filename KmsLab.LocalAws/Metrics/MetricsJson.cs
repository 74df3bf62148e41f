using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

[JsonSerializable(typeof(PutMetricDataRequest))]
[JsonSerializable(typeof(GetMetricDataRequest))]
[JsonSerializable(typeof(GetMetricDataResponse))]
[JsonSerializable(typeof(GetMetricStatisticsRequest))]
[JsonSerializable(typeof(GetMetricStatisticsResponse))]
[JsonSerializable(typeof(ListMetricsRequest))]
[JsonSerializable(typeof(ListMetricsResponse))]
[JsonSerializable(typeof(PutMetricAlarmRequest))]
[JsonSerializable(typeof(DescribeAlarmsRequest))]
[JsonSerializable(typeof(DescribeAlarmsResponse))]
[JsonSerializable(typeof(DescribeAlarmsForMetricRequest))]
[JsonSerializable(typeof(DescribeAlarmsForMetricResponse))]
[JsonSerializable(typeof(DescribeAlarmHistoryRequest))]
[JsonSerializable(typeof(DescribeAlarmHistoryResponse))]
[JsonSerializable(typeof(AlarmNamesRequest))]
[JsonSerializable(typeof(SetAlarmStateRequest))]
[JsonSerializable(typeof(TagResourceRequest))]
[JsonSerializable(typeof(UntagResourceRequest))]
[JsonSerializable(typeof(ListTagsForResourceRequest))]
[JsonSerializable(typeof(ListTagsForResourceResponse))]
[JsonSerializable(typeof(ListDashboardsRequest))]
[JsonSerializable(typeof(ListDashboardsResponse))]
[JsonSerializable(typeof(PutCompositeAlarmRequest))]
[JsonSerializable(typeof(PutAlarmMuteRuleRequest))]
[JsonSerializable(typeof(AlarmMuteRuleNameRequest))]
[JsonSerializable(typeof(GetAlarmMuteRuleResponse))]
[JsonSerializable(typeof(ListAlarmMuteRulesRequest))]
[JsonSerializable(typeof(ListAlarmMuteRulesResponse))]
[JsonSerializable(typeof(MuteRuleRecord))]
[JsonSerializable(typeof(NoMembers))]
[JsonSerializable(typeof(NoOutput))]
[JsonSerializable(typeof(AlarmRecord))]
internal sealed partial class MetricsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly MetricsJson Wire = new(AwsJson.Options());
}
