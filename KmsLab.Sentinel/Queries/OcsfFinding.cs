using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Queries;

/// <summary>Writes an alarm as a Detection Finding of the Open Cybersecurity Schema Framework, class 2004.</summary>
/// <remarks>https://schema.ocsf.io/1.3.0/classes/detection_finding</remarks>
internal static class OcsfFinding
{
    private const int Category = 2;
    private const int Class = 2004;
    private const string Version = "1.3.0";

    /// <param name="alarm">The alarm.</param>
    /// <param name="read">Its records.</param>
    /// <param name="whole">Records as CloudTrail wrote them, by eventID.</param>
    public static JsonObject Of(AlarmAnswer alarm, AlarmRecordsAnswer read, IReadOnlyDictionary<string, JsonNode> whole)
    {
        var (activity, activityName) = alarm.Closed is not null ? (3, "Close") : alarm.Acknowledged is not null || alarm.Occurrence > 1 ? (2, "Update") : (1, "Create");
        var (status, statusName) = StatusOf(alarm);
        var finding = new JsonObject
        {
            ["activity_id"] = activity,
            ["activity_name"] = activityName,
            ["category_uid"] = Category,
            ["category_name"] = "Findings",
            ["class_uid"] = Class,
            ["class_name"] = "Detection Finding",
            ["type_uid"] = (Class * 100) + activity,
            ["type_name"] = $"Detection Finding: {activityName}",
            ["time"] = alarm.ChangedAt.ToUnixTimeMilliseconds(),
            ["start_time"] = alarm.FirstSeen.ToUnixTimeMilliseconds(),
            ["end_time"] = alarm.LastSeen.ToUnixTimeMilliseconds(),
            ["count"] = Math.Max(1, alarm.EvidenceTotal),
            ["severity_id"] = alarm.Severity switch { Severity.Critical => 5, Severity.High => 4, Severity.Medium => 3, _ => 2 },
            ["severity"] = alarm.Severity.ToString(),
            ["status_id"] = status,
            ["status"] = statusName,
            ["message"] = alarm.Why,
            ["metadata"] = new JsonObject
            {
                ["version"] = Version,
                ["uid"] = string.Create(CultureInfo.InvariantCulture, $"{alarm.Id}-{alarm.Occurrence}-{activity}"),
                ["product"] = new JsonObject { ["name"] = "KmsLab Sentinel", ["vendor_name"] = "KmsLab" },
            },
            ["finding_info"] = InfoOf(alarm),
            ["resources"] = new JsonArray([.. read.Records.Select(record => record.Summary.KeyArn).OfType<string>().Distinct(StringComparer.Ordinal)
                .Select(key => new JsonObject { ["uid"] = key, ["type"] = "AWS::KMS::Key" })]),
            ["evidences"] = new JsonArray([.. read.Records.Select(record => EvidenceOf(record, whole.GetValueOrDefault(record.Summary.EventId), alarm.Closed?.Verdict))]),
        };
        if (alarm.Closed is { } closed)
            finding["comment"] = $"{closed.By}: {closed.Reason}";
        if (alarm.Runbook.Count > 0)
            finding["remediation"] = new JsonObject { ["desc"] = string.Join('\n', alarm.Runbook) };
        return finding;
    }

    private static JsonObject InfoOf(AlarmAnswer alarm)
    {
        var info = new JsonObject
        {
            ["uid"] = string.Create(CultureInfo.InvariantCulture, $"{alarm.Id}#{alarm.Occurrence}"),
            ["title"] = alarm.Title,
            ["desc"] = alarm.Why,
            ["types"] = new JsonArray(alarm.Detection),
            ["analytic"] = new JsonObject { ["uid"] = alarm.Detection, ["name"] = alarm.Title, ["type_id"] = 1, ["type"] = "Rule" },
            ["created_time"] = alarm.ChangedAt.ToUnixTimeMilliseconds(),
            ["first_seen_time"] = alarm.FirstSeen.ToUnixTimeMilliseconds(),
            ["last_seen_time"] = alarm.LastSeen.ToUnixTimeMilliseconds(),
            ["related_events"] = new JsonArray([.. alarm.Relatives.Select(relative => new JsonObject
            {
                ["uid"] = string.Create(CultureInfo.InvariantCulture, $"{relative.AlarmId}#{relative.Occurrence}"), ["type"] = relative.Detection,
            })]),
        };
        if (alarm.Technique.Length > 0)
            info["attacks"] = new JsonArray(new JsonObject { ["technique"] = new JsonObject { ["uid"] = alarm.Technique } });
        return info;
    }

    private static JsonObject EvidenceOf(AlarmRecordAnswer record, JsonNode? whole, Verdict? verdict)
    {
        var summary = record.Summary;
        var api = new JsonObject { ["operation"] = summary.EventName };
        if (summary.RequestId is { } request)
            api["request"] = new JsonObject { ["uid"] = request };
        if (summary.ErrorCode is { } error)
            api["response"] = record.Message is { } message ? new JsonObject { ["error"] = error, ["error_message"] = message } : new JsonObject { ["error"] = error };

        var user = new JsonObject { ["uid"] = summary.Principal };
        if (summary.AccessKeyId is { } credential)
            user["credential_uid"] = credential;
        var actor = new JsonObject { ["user"] = user };
        if (summary.Session is { } session)
            actor["session"] = new JsonObject { ["uid"] = session };

        var evidence = new JsonObject
        {
            ["actor"] = actor,
            ["api"] = api,
            ["data"] = whole?.DeepClone() ?? new JsonObject { ["eventID"] = summary.EventId, ["eventTime"] = Instants.Text(summary.EventTime) },
        };
        if (summary.SourceIp is { Length: > 0 } source)
            evidence["src_endpoint"] = System.Net.IPAddress.TryParse(source, out _) ? new JsonObject { ["ip"] = source } : new JsonObject { ["svc_name"] = source };
        if (verdict is not null)
            evidence["verdict_id"] = verdict switch { Verdict.True => 2, Verdict.Expected => 5, _ => 1 };
        return evidence;
    }

    private static (int Id, string Name) StatusOf(AlarmAnswer alarm) => alarm switch
    {
        { Closed.Verdict: Verdict.False } => (3, "Suppressed"),
        { Closed: not null } => (4, "Resolved"),
        { Attention: Attention.Acknowledged } => (2, "In Progress"),
        _ => (1, "New"),
    };
}
