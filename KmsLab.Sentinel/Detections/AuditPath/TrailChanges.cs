using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the trails themselves.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html. PutInsightSelectors takes nothing from the trail.</remarks>
internal static class TrailChanges
{
    public static PathChange? Of(Observation observation, AuditResources path)
    {
        var named = observation.Parameter("name") ?? observation.Parameter("trailName");
        if (named is null || !path.IsTrail(named, observation.Record))
            return null;

        var trail = named[(named.LastIndexOf('/') + 1)..];
        return observation.Record.EventName switch
        {
            "StopLogging" => new("trail", trail, $"the trail {trail} was told to stop logging"),
            "DeleteTrail" => new("trail", trail, $"the trail {trail} was deleted"),
            "UpdateTrail" when Narrowed(observation, path) is { Count: > 0 } losses => new("trail", trail, $"the trail {trail} {string.Join(", ", losses)}"),
            "PutEventSelectors" when EventSelectors.Lost(observation.Parameters) is { Count: > 0 } lost => new("trail", trail, $"the trail {trail} no longer logs {string.Join(", ", lost)}"),
            _ => null,
        };
    }

    private static List<string> Narrowed(Observation observation, AuditResources path)
    {
        var losses = new List<string>();
        if (IsFalse("isMultiRegionTrail"))
            losses.Add("logs one Region only");
        if (IsFalse("includeGlobalServiceEvents"))
            losses.Add("leaves out global services such as IAM");
        // The console sends it with every change: it takes something away only where it was true.
        if (IsFalse("isOrganizationTrail") && Observation.Member(observation.Before, "isOrganizationTrail").ValueKind == JsonValueKind.True)
            losses.Add("leaves out the organization's accounts");
        if (IsFalse("enableLogFileValidation"))
            losses.Add("makes no digests of its files");
        if (observation.Parameter("cloudWatchLogsLogGroupArn") is { } group && !path.IsLogGroupOf(group, observation.Record))
            losses.Add(group.Length == 0 ? "delivers to no log group" : $"delivers to the log group {group}");
        if (observation.Parameter("cloudWatchLogsRoleArn") is { } role && (role.Length == 0 || path.NamesRoles && !path.IsRoleArn(role)))
            losses.Add(role.Length == 0 ? "delivers with no role" : $"delivers with the role {role}");
        if (observation.Parameter("s3BucketName") is { } bucket && path.NamesBuckets && !path.IsBucket(bucket))
            losses.Add($"delivers to the bucket {bucket}");
        if (observation.Parameter("kmsKeyId") is { Length: > 0 } key && path.NamesKeys && !path.IsKey(key))
            losses.Add($"is encrypted under {key}");
        return losses;

        bool IsFalse(string name) => Observation.Member(observation.Parameters, name).ValueKind == JsonValueKind.False;
    }
}
