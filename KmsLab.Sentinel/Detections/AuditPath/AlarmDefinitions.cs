using System.Globalization;
using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>How an alarm of CloudWatch is defined so that it tells nobody, or less than before: an alarm that exists may still be silent.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html</remarks>
internal static class AlarmDefinitions
{
    /// <summary>No count, percentage or age that an alarm of this path is about gets there; sizes do.</summary>
    private const double Absurd = 1e5;

    private static readonly string[] Sizes = ["byte", "storage", "memory", "size"];

    private static readonly string[] Watched = ["metricName", "namespace", "dimensions", "metrics", "statistic", "extendedStatistic", "thresholdMetricId", "unit", "alarmRule", "comparisonOperator"];

    /// <summary>What the definition takes away, by itself or beside the one before.</summary>
    public static string? Weakened(JsonElement now, JsonElement before)
    {
        if (Observation.Member(now, "actionsEnabled").ValueKind == JsonValueKind.False || !PolicyJson.Texts(Observation.Member(now, "alarmActions")).Any())
            return "tells nobody";
        if (Observation.Text(Observation.Member(now, "actionsSuppressor")) is { Length: > 0 } suppressor && !Same(now, before, "actionsSuppressor"))
            return $"is silent while {suppressor} is on";
        if (Observation.Text(Observation.Member(now, "alarmRule")) is { } rule && !rule.Contains('(', StringComparison.Ordinal))
            return $"has the rule {rule}";
        if (NeverFires(now))
            return "has a threshold that nothing reaches";
        return before.ValueKind == JsonValueKind.Object ? Less(now, before) : null;
    }

    private static string? Less(JsonElement now, JsonElement before)
    {
        if (Array.Find(Watched, name => !Same(now, before, name)) is { } other)
            return $"watches otherwise than before ({other})";
        if (Number(now, "threshold") is { } threshold && Number(before, "threshold") is { } former && (IsUpper(now) ? threshold > former : threshold < former))
            return string.Create(CultureInfo.InvariantCulture, $"has the threshold {threshold} instead of {former}");
        foreach (var name in (string[])["period", "evaluationPeriods", "datapointsToAlarm"])
        {
            if (Of(now, name) > Of(before, name))
                return $"waits longer than before ({name})";
        }

        if (MissingData(now) is var missing and not "breaching" && missing != MissingData(before))
            return $"takes missing data for {missing}";
        var actions = PolicyJson.Texts(Observation.Member(now, "alarmActions")).ToHashSet(StringComparer.Ordinal);
        return PolicyJson.Texts(Observation.Member(before, "alarmActions")).All(actions.Contains) ? null : "tells fewer than before";
    }

    /// <summary>A number; without one, all of the periods have to be beyond the threshold.</summary>
    private static double? Of(JsonElement alarm, string name) => Number(alarm, name) ?? (name == "datapointsToAlarm" ? Number(alarm, "evaluationPeriods") : null);

    private static string MissingData(JsonElement alarm) => Observation.Text(Observation.Member(alarm, "treatMissingData")) ?? "missing";

    private static bool NeverFires(JsonElement now) => Number(now, "threshold") is { } threshold && !IsAboutSize(now)
        && (IsUpper(now) ? threshold >= Absurd : Observation.Text(Observation.Member(now, "comparisonOperator")) is "LessThanThreshold" ? threshold <= 0 : IsLower(now) && threshold < 0);

    private static bool IsAboutSize(JsonElement now) =>
        Observation.Text(Observation.Member(now, "metricName")) is { } metric && Array.Exists(Sizes, size => metric.Contains(size, StringComparison.OrdinalIgnoreCase));

    private static bool IsUpper(JsonElement alarm) => Observation.Text(Observation.Member(alarm, "comparisonOperator"))?.StartsWith("GreaterThan", StringComparison.Ordinal) == true;

    private static bool IsLower(JsonElement alarm) => Observation.Text(Observation.Member(alarm, "comparisonOperator"))?.StartsWith("LessThan", StringComparison.Ordinal) == true;

    private static bool Same(JsonElement now, JsonElement before, string name) => JsonElement.DeepEquals(OrNull(now, name), OrNull(before, name));

    private static JsonElement OrNull(JsonElement alarm, string name) => Observation.Member(alarm, name) is { ValueKind: not JsonValueKind.Undefined } member ? member : Null;

    private static double? Number(JsonElement alarm, string name) =>
        double.TryParse(PolicyJson.Text(Observation.Member(alarm, name)), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static JsonElement Null { get; } = JsonElement.Parse("null");
}
