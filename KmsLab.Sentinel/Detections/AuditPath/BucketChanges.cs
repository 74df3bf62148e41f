using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the buckets that the trails deliver to. S3's records name the operation by its old names too, and nest the request as XML does.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html</remarks>
internal static class BucketChanges
{
    public static PathChange? Of(Observation observation, AuditResources path) =>
        observation.Parameter("bucketName") is { } bucket && path.IsBucket(bucket) && WhatBecameOfIt(observation, path) is { } what
            ? new("bucket", bucket, $"the bucket {bucket} {what}")
            : null;

    private static string? WhatBecameOfIt(Observation observation, AuditResources path) => observation.Record.EventName switch
    {
        "DeleteBucket" => "was deleted",
        "PutBucketPolicy" => "has another policy",
        "DeleteBucketPolicy" => "lost the policy that lets CloudTrail write",
        "PutBucketLifecycle" or "PutBucketLifecycleConfiguration" when Expires(observation.Parameters, path.MinimumRetentionDays) => "soon forgets what is in it",
        "PutBucketVersioning" when observation.Parameter("VersioningConfiguration", "Status") == "Suspended" => "keeps no versions any more",
        "PutBucketPublicAccessBlock" when Opens(Observation.Member(observation.Parameters, "PublicAccessBlockConfiguration")) => "may be made public",
        "DeleteBucketPublicAccessBlock" or "DeletePublicAccessBlock" => "may be made public",
        "PutBucketAcl" => "has another access control list",
        "PutBucketNotification" or "PutBucketNotificationConfiguration" => "tells others, or nobody, of new files",
        "PutBucketEncryption" or "DeleteBucketEncryption" => "encrypts otherwise",
        "DeleteBucketReplication" => "is copied nowhere any more",
        _ => null,
    };

    /// <summary>A rule that expires things within so many days, at a date, or in a way that can't be read.</summary>
    private static bool Expires(JsonElement parameters, int minimumDays)
    {
        var rules = PolicyJson.Each(Observation.Member(Observation.Member(parameters, "LifecycleConfiguration"), "Rule")).ToList();
        return rules.Count == 0 || rules.Exists(rule => Soon(Observation.Member(rule, "Expiration"), "Days") || Soon(Observation.Member(rule, "NoncurrentVersionExpiration"), "NoncurrentDays"));

        bool Soon(JsonElement expiry, string days) => expiry.ValueKind == JsonValueKind.Object
            && (Observation.Member(expiry, "Date").ValueKind != JsonValueKind.Undefined
                || PolicyJson.Text(Observation.Member(expiry, days)) is { } text && (!int.TryParse(text, out var number) || number < minimumDays));
    }

    private static bool Opens(JsonElement block) => block.ValueKind != JsonValueKind.Object || block.EnumerateObject().Any(flag => PolicyJson.Text(flag.Value) == "false");
}
