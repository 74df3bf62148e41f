using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Amazon CloudWatch: metrics and alarms, in Query, rpc-v2-cbor and JSON 1.0.</summary>
internal sealed class CloudWatchService : AwsService
{
    public CloudWatchService(MetricStore metrics, MetricQueries queries, AlarmOperations alarms, CompositeOperations composites, MuteOperations mutes) : base("monitoring", "monitoring.amazonaws.com")
    {
        TargetPrefix = "GraniteServiceVersion20100801";
        XmlNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";
        QueryValidationError = "ValidationError";
        ActionPrefix = "cloudwatch";
        AccessDeniedError = "AccessDenied";
        InternalError = "InternalServiceFault";

        var wire = MetricsJson.Wire;
        Add("PutMetricData", OnTrail.Nothing, () => wire.PutMetricDataRequest, () => wire.NoOutput, (call, request) => PutMetricData(metrics, call, request));
        Add("GetMetricData", OnTrail.Nothing, () => wire.GetMetricDataRequest, () => wire.GetMetricDataResponse, queries.GetMetricData);
        Add("GetMetricStatistics", OnTrail.Nothing, () => wire.GetMetricStatisticsRequest, () => wire.GetMetricStatisticsResponse, queries.GetMetricStatistics);
        Add("ListMetrics", OnTrail.Nothing, () => wire.ListMetricsRequest, () => wire.ListMetricsResponse, queries.ListMetrics);

        Add("PutMetricAlarm", OnTrail.Write, () => wire.PutMetricAlarmRequest, () => wire.NoOutput, alarms.PutMetricAlarm);
        Add("DescribeAlarms", OnTrail.Read, () => wire.DescribeAlarmsRequest, () => wire.DescribeAlarmsResponse, alarms.DescribeAlarms);
        Add("DescribeAlarmsForMetric", OnTrail.Read, () => wire.DescribeAlarmsForMetricRequest, () => wire.DescribeAlarmsForMetricResponse, alarms.DescribeAlarmsForMetric);
        Add("DescribeAlarmHistory", OnTrail.Read, () => wire.DescribeAlarmHistoryRequest, () => wire.DescribeAlarmHistoryResponse, alarms.DescribeAlarmHistory);
        Add("SetAlarmState", OnTrail.Write, () => wire.SetAlarmStateRequest, () => wire.NoOutput, alarms.SetAlarmState);
        Add("EnableAlarmActions", OnTrail.Write, () => wire.AlarmNamesRequest, () => wire.NoOutput, alarms.EnableAlarmActions);
        Add("DisableAlarmActions", OnTrail.Write, () => wire.AlarmNamesRequest, () => wire.NoOutput, alarms.DisableAlarmActions);
        Add("DeleteAlarms", OnTrail.Write, () => wire.AlarmNamesRequest, () => wire.NoOutput, alarms.DeleteAlarms);
        Add("TagResource", OnTrail.Write, () => wire.TagResourceRequest, () => wire.NoMembers, alarms.TagResource);
        Add("UntagResource", OnTrail.Write, () => wire.UntagResourceRequest, () => wire.NoMembers, alarms.UntagResource);
        Add("ListTagsForResource", OnTrail.Read, () => wire.ListTagsForResourceRequest, () => wire.ListTagsForResourceResponse, alarms.ListTagsForResource);

        Add("PutCompositeAlarm", OnTrail.Write, () => wire.PutCompositeAlarmRequest, () => wire.NoOutput, composites.PutCompositeAlarm);
        Add("PutAlarmMuteRule", OnTrail.Write, () => wire.PutAlarmMuteRuleRequest, () => wire.NoOutput, mutes.PutAlarmMuteRule);
        Add("GetAlarmMuteRule", OnTrail.Read, () => wire.AlarmMuteRuleNameRequest, () => wire.GetAlarmMuteRuleResponse, mutes.GetAlarmMuteRule);
        Add("ListAlarmMuteRules", OnTrail.Read, () => wire.ListAlarmMuteRulesRequest, () => wire.ListAlarmMuteRulesResponse, mutes.ListAlarmMuteRules);
        Add("DeleteAlarmMuteRule", OnTrail.Write, () => wire.AlarmMuteRuleNameRequest, () => wire.NoOutput, mutes.DeleteAlarmMuteRule);
        Refuse("KmsLab LocalAws serves no anomaly detection.", "PutAnomalyDetector", "DeleteAnomalyDetector", "DescribeAnomalyDetectors");
        // Nobody can have put one.
        Add("ListDashboards", OnTrail.Read, () => wire.ListDashboardsRequest, () => wire.ListDashboardsResponse, (call, request) => new ListDashboardsResponse { DashboardEntries = [] });
        Refuse("KmsLab LocalAws serves no dashboards.", "PutDashboard", "GetDashboard", "DeleteDashboards");
        Refuse(
            "KmsLab LocalAws serves no metric streams and no Contributor Insights.",
            "PutMetricStream", "GetMetricStream", "DeleteMetricStream", "ListMetricStreams", "StartMetricStreams", "StopMetricStreams",
            "PutInsightRule", "DeleteInsightRules", "DescribeInsightRules", "EnableInsightRules", "DisableInsightRules", "GetInsightRuleReport", "GetMetricWidgetImage");
    }

    private static NoOutput PutMetricData(MetricStore metrics, AwsCall call, PutMetricDataRequest request)
    {
        call.AnswerAfter(metrics.Put(call.Scope, MetricDataReading.Read(request, call.Time)));
        return NoOutput.Instance;
    }
}
