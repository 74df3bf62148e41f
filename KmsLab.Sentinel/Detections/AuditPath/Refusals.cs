using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Refused changes whose record has no parameters: what it was about stands in the message only, and what would have become of it nowhere.</summary>
internal static class Refusals
{
    private static readonly string[] Harmless = ["Get", "List", "Describe", "Lookup", "Head", "Start", "Create", "Tag", "Untag", "Add", "Filter", "Test", "Publish", "Enable", "Subscribe", "Restore", "Cancel"];

    public static PathChange? Of(Observation observation, AuditResources path)
    {
        var record = observation.Record;
        if (!Attempt.IsRefused(observation) || observation.Parameters.ValueKind == JsonValueKind.Object || record.ReadOnly == true
            || Array.Exists(Harmless, verb => record.EventName.StartsWith(verb, StringComparison.Ordinal)))
        {
            return null;
        }

        (string Kind, string? Name) = record.EventSource switch
        {
            "cloudtrail.amazonaws.com" => ("trail", TrailOf(observation, path)),
            "logs.amazonaws.com" => ("logGroup", Attempt.RefusedName(observation, ":logs:", ["log-group"]) is { } group && path.IsLogGroup(group) ? group : null),
            "monitoring.amazonaws.com" => ("alarm", Attempt.RefusedName(observation, ":cloudwatch:", ["alarm"]) is { } alarm && path.IsAlarm(alarm) ? alarm : null),
            "sns.amazonaws.com" => ("topic", path.Topics.FirstOrDefault(topic => Attempt.RefusalNames(observation, topic))),
            "s3.amazonaws.com" => ("bucket", path.Buckets.FirstOrDefault(bucket => Attempt.RefusalNames(observation, $":s3:::{bucket}"))),
            "kms.amazonaws.com" => ("key", record.EventName is "DisableKey" or "ScheduleKeyDeletion" or "DeleteImportedKeyMaterial" or "PutKeyPolicy" or "RevokeGrant" or "RetireGrant"
                ? path.Keys.FirstOrDefault(key => Attempt.RefusalNames(observation, key))
                : null),
            _ => ("", null),
        };
        return Name is null ? null : new(Kind, Name, $"{record.EventName} on the {(Kind == "logGroup" ? "log group" : Kind)} {Name}");
    }

    private static string? TrailOf(Observation observation, AuditResources path)
    {
        var named = Attempt.RefusedName(observation, ":cloudtrail:", ["trail"]);
        return path.TrailArns.Count == 0 || path.TrailArns.Any(arn => Attempt.RefusalNames(observation, arn)) ? named : null;
    }
}
