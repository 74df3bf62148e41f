using KmsLab.LocalAws.Settings;

namespace KmsLab.LocalAws.Faults;

/// <summary>AWS's default limits of the operations that are served here, as its documentation of November 2026 has them.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html,
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html,
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
/// </remarks>
internal static class AwsLimits
{
    private static readonly string[] Cryptographic =
        ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateRandom", "kms:ReEncrypt"];

    private static readonly HashSet<string> LargeRegions = ["us-east-1", "us-west-2", "eu-west-1"];

    private static readonly HashSet<string> MiddleRegions = ["us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-central-1", "eu-west-2"];

    private static readonly (double PerSecond, string[] Operations)[] OfKms =
    [
        (5, ["CancelKeyDeletion", "CreateAlias", "CreateKey", "DisableKey", "DisableKeyRotation", "EnableKey", "RotateKeyOnDemand", "UntagResource", "UpdateAlias", "UpdateKeyDescription"]),
        (10, ["TagResource"]),
        (15, ["DeleteAlias", "EnableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"]),
        (30, ["RetireGrant", "RevokeGrant"]),
        (50, ["CreateGrant"]),
        (100, ["ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListRetirableGrants"]),
        (500, ["ListAliases", "ListKeys"]),
        (1000, ["GetKeyPolicy", "GetKeyRotationStatus"]),
        (2000, ["DescribeKey", "ListResourceTags"]),
    ];

    /// <summary>The limits of a Region.</summary>
    public static IEnumerable<LimitRule> Of(string region) =>
    [
        new() { Actions = [.. Cryptographic], RequestsPerSecond = LargeRegions.Contains(region) ? 100_000 : MiddleRegions.Contains(region) ? 20_000 : 10_000 },
        // Each operation has its own.
        .. OfKms.SelectMany(limit => limit.Operations.Select(operation => new LimitRule { Actions = [$"kms:{operation}"], RequestsPerSecond = limit.PerSecond })),
        new() { Actions = ["logs:FilterLogEvents"], RequestsPerSecond = 5 },
        new() { Actions = ["logs:GetLogEvents"], RequestsPerSecond = 10 },
        new() { Actions = ["cloudtrail:LookupEvents"], RequestsPerSecond = 2 },
    ];
}
