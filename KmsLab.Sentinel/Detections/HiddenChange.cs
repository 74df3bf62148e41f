using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A change whose record does not say what was changed.</summary>
/// <remarks>
/// Above 100 KB CloudTrail leaves request parameters out (<c>"omitted": true</c>), and a policy padded with spaces gets there:
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html. The record of a refused call may have no
/// parameters either; where its message names no resource, nobody can tell whether it was one that is guarded.
/// </remarks>
internal static class HiddenChange
{
    private static readonly string[] Services =
    [
        "kms.amazonaws.com", "iam.amazonaws.com", "cloudtrail.amazonaws.com", "ecs.amazonaws.com", "secretsmanager.amazonaws.com", "logs.amazonaws.com", "s3.amazonaws.com",
        "monitoring.amazonaws.com", "sns.amazonaws.com", "ssm.amazonaws.com",
    ];

    /// <summary>Operations that the other detections look for; only these are told of when they were refused.</summary>
    private static readonly HashSet<string> Watched =
    [
        .. "PutKeyPolicy CreateGrant RevokeGrant ReplicateKey DisableKey ScheduleKeyDeletion DeleteImportedKeyMaterial ImportKeyMaterial DisableKeyRotation UpdateAlias DeleteAlias".Split(' '),
        .. "UpdatePrimaryRegion StopLogging DeleteTrail UpdateTrail PutEventSelectors DeleteLogGroup DeleteLogStream PutRetentionPolicy PutResourcePolicy".Split(' '),
        .. "DeleteSubscriptionFilter UpdateAssumeRolePolicy PutRolePolicy AttachRolePolicy DetachRolePolicy DeleteRolePolicy DeleteRole CreatePolicyVersion".Split(' '),
        .. "SetDefaultPolicyVersion PutRolePermissionsBoundary DeleteRolePermissionsBoundary AddRoleToInstanceProfile ExecuteCommand RunTask StartTask".Split(' '),
        .. "RegisterTaskDefinition UpdateService CreateService UpdateSecret PutSecretValue ReplicateSecretToRegions PutParameter".Split(' '),
        .. "DeleteBucket PutBucketPolicy DeleteBucketPolicy PutBucketLifecycle PutObjectLockConfiguration DeleteAlarms DisableAlarmActions PutMetricAlarm DeleteTopic".Split(' '),
        .. "SetTopicAttributes Unsubscribe".Split(' '),
    ];

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "hidden-change",
        Title = "A change hides what it changed",
        Severity = Severity.High,
        Technique = "T1562.008",
        About = "A write to IAM, KMS, CloudTrail, ECS, Secrets Manager and the other services that the trail rests on, whose record lacks its parameters: CloudTrail omits them above 100 KB, which a "
            + "policy padded with spaces reaches. And a refused attempt at what the other detections look for, where neither parameters nor message say at which resource it aimed.",
        Why = "{principal} from {address} called {operation}: {detail}.",
        Tuning = "Deployments with parameters of more than 100 KB get an exception for their principal.",
        Runbook =
        [
            "Ask the service itself what it is like now, and compare it with where it is kept: a role's trust and policies, a key's policy, a task definition.",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue={eventId}",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        EventSources = Services,
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        var record = observation.Record;
        if (!Services.Contains(record.EventSource) || Principals.IsServiceLinked(observation.Principal))
            return null;
        if (record.ReadOnly == false && Attempt.Counts(observation) && Observation.Member(observation.Parameters, "omitted").ValueKind == JsonValueKind.True)
            return Of(observation, Attempt.Describe(observation, "its parameters were too large for CloudTrail to keep"));

        return Attempt.IsRefused(observation) && Watched.Contains(record.EventName) && IsBare(observation)
            ? Of(observation, $"refused with {record.ErrorCode}, and the record does not say at what it aimed")
            : null;
    }

    private static Selection Of(Observation observation, string detail) =>
        new(new DetectionGroup([new("principal", observation.Principal), new("operation", observation.Record.EventName)]), Detail: detail);

    private static bool IsBare(Observation observation) =>
        !(observation.Parameters.ValueKind == JsonValueKind.Object && observation.Parameters.EnumerateObject().Any())
        && observation.Record.KeyArns.Count == 0
        && Attempt.RefusedResource(observation) is null;
}
