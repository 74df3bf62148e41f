using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the buckets that the trails deliver to. S3's records name the operation by its old names too, and nest the request as XML does.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html</remarks>
internal static class BucketChanges
{
    public static PathChange? Of(Observation observation, AuditResources path) =>
        (observation.Parameter("bucketName") ?? observation.Parameter("bucket") ?? observation.AccessPointBucket) is { } bucket && path.IsBucket(bucket) && WhatBecameOfIt(observation, path) is { } what
            ? new("bucket", bucket, $"the bucket {bucket} {what}")
            : null;

    private static string? WhatBecameOfIt(Observation observation, AuditResources path) => observation.Record.EventName switch
    {
        "DeleteBucket" => "was deleted",
        "PutBucketPolicy" => BucketPolicies.Harm(observation),
        "DeleteBucketPolicy" => "lost the policy that lets CloudTrail write",
        "PutBucketLifecycle" or "PutBucketLifecycleConfiguration" when Expires(observation.Parameters, path.MinimumRetentionDays) => "soon forgets what is in it",
        "PutBucketVersioning" when observation.Parameter("VersioningConfiguration", "Status") == "Suspended" => "keeps no versions any more",
        "PutBucketVersioning" when observation.Parameter("VersioningConfiguration", "MfaDelete") == "Disabled" => "loses its versions without a second factor",
        "PutObjectLockConfiguration" or "PutBucketObjectLockConfiguration" => Unlocks(observation, path.MinimumRetentionDays),
        "PutObjectRetention" or "PutObjectLegalHold" => "holds an object otherwise than before",
        "DeleteObject" or "DeleteObjects" or "DeleteObjectVersion" => "lost files",
        "PutBucketPublicAccessBlock" when Opens(Observation.Member(observation.Parameters, "PublicAccessBlockConfiguration")) => "may be made public",
        "DeleteBucketPublicAccessBlock" or "DeletePublicAccessBlock" => "may be made public",
        "PutBucketAcl" => "has another access control list",
        "PutBucketNotification" or "PutBucketNotificationConfiguration" => "tells others, or nobody, of new files",
        "PutBucketEncryption" or "DeleteBucketEncryption" => "encrypts otherwise",
        "DeleteBucketReplication" => "is copied nowhere any more",
        "PutBucketReplication" when observation.Before.ValueKind == JsonValueKind.Object || !SentinelChanges.MayDeploy(observation, path) || LeavesAccount(observation, "Account") => "is copied elsewhere",
        "PutBucketInventoryConfiguration" or "PutInventoryConfiguration" when !SentinelChanges.MayDeploy(observation, path) || LeavesAccount(observation, "AccountId") => "has its list of files sent elsewhere",
        "CreateAccessPoint" or "PutAccessPointPolicy" when BucketPolicies.Visitor(observation) is { } who => $"lets in {who} through an access point",
        "CreateAccessPoint" when !SentinelChanges.MayDeploy(observation, path) => "has another access point",
        _ => null,
    };

    /// <summary>Tells whether a destination is another account's.</summary>
    private static bool LeavesAccount(Observation observation, string member) => Observation.Texts(observation.Parameters)
        .Any(one => one.Path.EndsWith($".{member}", StringComparison.Ordinal) && Audience.IsAccount(one.Text) && one.Text != observation.Record.RecipientAccountId);

    /// <summary>A rule that expires things within so many days, at a date, or in a way that can't be read.</summary>
    private static bool Expires(JsonElement parameters, int minimumDays)
    {
        var rules = PolicyJson.Each(Observation.Member(Observation.Member(parameters, "LifecycleConfiguration"), "Rule")).ToList();
        return rules.Count == 0 || rules.Exists(rule => Observation.Text(Observation.Member(rule, "Status")) != "Disabled" && (Soon(Observation.Member(rule, "Expiration"), "Days") || Soon(Observation.Member(rule, "NoncurrentVersionExpiration"), "NoncurrentDays")));

        bool Soon(JsonElement expiry, string days) => expiry.ValueKind == JsonValueKind.Object
            && (Observation.Member(expiry, "Date").ValueKind != JsonValueKind.Undefined
                || PolicyJson.Text(Observation.Member(expiry, days)) is { } text && (!int.TryParse(text, out var number) || number < minimumDays));
    }

    /// <summary>Object Lock without a default retention, or with a short one, lets new files be deleted at once; governance yields to whoever may bypass it.</summary>
    private static string? Unlocks(Observation observation, int minimumDays)
    {
        var retention = Observation.Member(Observation.Member(Observation.Member(observation.Parameters, "ObjectLockConfiguration"), "Rule"), "DefaultRetention");
        if (retention.ValueKind != JsonValueKind.Object)
            return "no longer locks its files by default";

        var before = Observation.Member(Observation.Member(Observation.Member(observation.Before, "ObjectLockConfiguration"), "Rule"), "DefaultRetention");
        if (DaysOf(retention) < minimumDays || DaysOf(retention) < DaysOf(before))
            return $"locks its files for {DaysOf(retention)} days only";
        return ModeOf(before) == "COMPLIANCE" && ModeOf(retention) != "COMPLIANCE" ? "locks its files in a mode that may be bypassed" : null;

        static string? ModeOf(JsonElement retention) => Observation.Text(Observation.Member(retention, "Mode"));
        static int? DaysOf(JsonElement retention) => int.TryParse(PolicyJson.Text(Observation.Member(retention, "Days")), out var days) ? days
            : int.TryParse(PolicyJson.Text(Observation.Member(retention, "Years")), out var years) ? (int)Math.Min(int.MaxValue, years * 365L) : null;
    }

    private static bool Opens(JsonElement block) => block.ValueKind != JsonValueKind.Object || block.EnumerateObject().Any(flag => PolicyJson.Text(flag.Value) == "false");
}
