using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>A part of the audit path by its name, as the trail guard and the canary know it.</summary>
internal static class AuditResource
{
    /// <summary>What stands before a log group's name.</summary>
    public const string LogGroupPrefix = "log-group:";

    private const string LogsPrefix = "logs:";

    public static bool IsTrail(string resource) => resource.Contains(":cloudtrail:", StringComparison.Ordinal);

    public static bool IsKey(string resource) =>
        resource.StartsWith("arn:", StringComparison.Ordinal) && resource.Contains(":kms:", StringComparison.Ordinal) && resource.Contains(":key/", StringComparison.Ordinal);

    /// <summary>The group of <c>trail-blinding</c> that it belongs to: the same that a record about it counts for.</summary>
    /// <param name="resource">A trail's or key's ARN, <c>log-group:name</c>, or a source as <c>logs:name</c>.</param>
    public static DetectionGroup GroupOf(string resource) => resource switch
    {
        _ when IsTrail(resource) => TrailBlinding.GroupOf("trail", resource[(resource.LastIndexOf('/') + 1)..]),
        _ when IsKey(resource) => TrailBlinding.GroupOf("key", resource),
        _ when resource.StartsWith(LogGroupPrefix, StringComparison.Ordinal) => TrailBlinding.GroupOf("logGroup", resource[LogGroupPrefix.Length..]),
        _ when resource.StartsWith(LogsPrefix, StringComparison.Ordinal) => TrailBlinding.GroupOf("logGroup", resource[LogsPrefix.Length..]),
        _ => TrailBlinding.GroupOf("resource", resource),
    };
}
