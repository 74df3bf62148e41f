using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>What CloudWatch sends to an alarm's topics.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html</remarks>
internal static class AlarmNotice
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Cut to what SNS takes: under 100 ASCII characters.</summary>
    public static string Subject(RegionScope scope, AlarmRecord alarm)
    {
        var subject = $"{alarm.State}: \"{alarm.Name}\" in {RegionName(scope.Region)}";
        var ascii = string.Concat(subject.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return ascii.Length < 100 ? ascii : ascii[..96] + "...";
    }

    /// <param name="scope">The alarm's account and Region.</param>
    /// <param name="oldState">Its state before.</param>
    /// <param name="alarm">The alarm.</param>
    /// <param name="children">Of a composite alarm: the alarms that it depends on and that are in alarm.</param>
    public static string Message(RegionScope scope, string oldState, AlarmRecord alarm, IReadOnlyList<AlarmRecord> children)
    {
        var message = Common(scope, oldState, alarm);
        if (alarm.Composite is null)
        {
            message["Trigger"] = Trigger(alarm);
        }
        else
        {
            message["AlarmRule"] = alarm.Composite.Rule;
            message["TriggeringChildren"] = CompositeEvaluator.Triggering(children, "Arn", "State", "Value", "Timestamp");
        }

        return message.ToJsonString(Relaxed);
    }

    private static JsonObject Common(RegionScope scope, string oldState, AlarmRecord alarm) => new()
    {
        ["AlarmName"] = alarm.Name,
        ["AlarmDescription"] = alarm.Settings.AlarmDescription,
        ["AWSAccountId"] = scope.Account,
        ["AlarmConfigurationUpdatedTimestamp"] = Instant(alarm.Configured),
        ["NewStateValue"] = alarm.State,
        ["NewStateReason"] = alarm.Reason,
        ["StateChangeTime"] = Instant(alarm.StateTransitioned),
        ["Region"] = RegionName(scope.Region),
        ["AlarmArn"] = alarm.Arn,
        ["OldStateValue"] = oldState,
        ["OKActions"] = Texts(alarm.Settings.OKActions),
        ["AlarmActions"] = Texts(alarm.Settings.AlarmActions),
        ["InsufficientDataActions"] = Texts(alarm.Settings.InsufficientDataActions),
    };

    /// <summary>As in notices: <c>2026-11-23T23:05:23.456+0000</c>.</summary>
    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);

    private static JsonObject Trigger(AlarmRecord alarm)
    {
        var (metric, period, statistic, unit) = alarm.Watched();
        var trigger = new JsonObject { ["MetricName"] = metric.Name, ["Namespace"] = metric.Namespace };
        if (statistic.Percentile is null)
        {
            trigger["StatisticType"] = "Statistic";
            trigger["Statistic"] = statistic.Name == "SampleCount" ? "SAMPLE_COUNT" : statistic.Name.ToUpperInvariant();
        }
        else
        {
            trigger["StatisticType"] = "ExtendedStatistic";
            trigger["ExtendedStatistic"] = statistic.Name;
        }

        trigger["Unit"] = unit;
        trigger["Dimensions"] = new JsonArray([.. metric.Dimensions.Select(d => new JsonObject { ["value"] = d.Value, ["name"] = d.Key })]);
        trigger["Period"] = period;
        trigger["EvaluationPeriods"] = alarm.Settings.EvaluationPeriods;
        if (alarm.Settings.DatapointsToAlarm is { } datapoints)
            trigger["DatapointsToAlarm"] = datapoints;
        trigger["ComparisonOperator"] = alarm.Settings.ComparisonOperator;
        trigger["Threshold"] = alarm.Settings.Threshold;
        trigger["TreatMissingData"] = alarm.Settings.TreatMissingData ?? "missing";
        trigger["EvaluateLowSampleCountPercentile"] = alarm.Settings.EvaluateLowSampleCountPercentile ?? "";
        return trigger;
    }

    private static JsonArray Texts(List<string>? texts) => new([.. (texts ?? []).Select(text => (JsonNode?)text)]);

    private static string RegionName(string region) => Amazon.RegionEndpoint.GetBySystemName(region).DisplayName is { } name && name != "Unknown" ? name : region;
}
