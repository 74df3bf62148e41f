using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody cuts, narrows or redirects what Sentinel's evidence comes through.</summary>
/// <remarks>
/// On Sentinel's own clock, for the trail guard finds the same from outside, and an alarm about a cut trail must not wait for the trail. The window is
/// longer than CloudTrail is late, or a late record's alarm would be over as soon as it began.
/// </remarks>
internal static class TrailBlinding
{
    public const string Id = "trail-blinding";

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "The trail that Sentinel reads was cut, narrowed or redirected",
        Severity = Severity.Critical,
        Technique = "T1562.008",
        About = "The first thing to go is the evidence. On the trail, log group, bucket, topics, alarms, keys and roles that Sentinel's evidence comes through: logging stopped, a trail deleted "
            + "or narrowed, event selectors of either form that lose KMS (excluded source, NotEquals, WriteOnly, readOnly = false), log groups and streams deleted, masked or rewritten, short "
            + "retention, filters and subscriptions removed, alarms and topics silenced (deleted, muted, suppressed, or defined so that they never tell), bucket, its lock and its policy, key and role "
            + "changed. And on Sentinel itself: its tasks and service changed, stopped or scaled to none, detections switched off in its definition, its secrets and parameters changed, its image pushed over, "
            + "its role assumed or handed on. Refused attempts count, too. What the trail guard finds from outside counts here as well.",
        Why = "{detail} ({operation} by {principal}).",
        Tuning = "Name the path in Sentinel:Evidence. Until TrailArns are named every trail counts, also a second one from which AWS advises to exclude KMS. Topics, alarms, buckets, keys and roles count "
            + "once they are named; of Sentinel itself whatever has sentinel in its name, until Clusters, TaskFamilies and Secrets say otherwise. Deployers may deploy Sentinel anew, but not stop it or "
            + "switch detections off. The same policy put again is quiet; a bucket's policy is judged by what it does.",
        Runbook =
        [
            "Until it is put back, detection goes on from the event history, which can't be switched off: set Sentinel:EventHistory=true.",
            "aws cloudtrail start-logging --name {trail}",
            "aws cloudtrail put-event-selectors --trail-name {trail} --advanced-event-selectors '[{\"Name\":\"All management events\",\"FieldSelectors\":[{\"Field\":\"eventCategory\",\"Equals\":[\"Management\"]}]}]'",
            "aws cloudtrail update-trail --name {trail} --is-multi-region-trail --include-global-service-events --enable-log-file-validation",
            "aws cloudtrail get-trail-status --name {trail}",
            "aws logs describe-log-groups --log-group-name-prefix {logGroup}",
            "aws logs put-retention-policy --log-group-name {logGroup} --retention-in-days 365",
            "aws logs delete-data-protection-policy --log-group-identifier {logGroup}",
            "A transformer that nobody wants is taken away with: aws logs delete-transformer --log-group-identifier GROUP (a recent CLI).",
            "aws cloudwatch enable-alarm-actions --alarm-names {alarm}",
            "aws sns get-topic-attributes --topic-arn {topic}",
            "aws sns list-subscriptions-by-topic --topic-arn {topic}",
            "aws s3api get-bucket-policy --bucket {bucket}",
            "aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled",
            "aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            "aws iam get-role --role-name {evidenceRole}",
            "Is it Sentinel itself? Put its task definition, desired count and secrets back by deploying it anew, and compare its configuration at /api/status.",
            .. Reactions.RestoreKey,
            "What was missed? Sentinel fills the gap from the event history (90 days): the alarm says how far it is and what stayed unread. KmsLab.Sentinel replay reads what the bucket has.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        WatchesAuditPath = true,
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Clock = Clock.Wall,
        EventSources =
        [
            "kms.amazonaws.com", "cloudtrail.amazonaws.com", "logs.amazonaws.com", "monitoring.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com", "iam.amazonaws.com",
            "sts.amazonaws.com", "ecs.amazonaws.com", "ecr.amazonaws.com", "secretsmanager.amazonaws.com", "ssm.amazonaws.com", "autoscaling.amazonaws.com",
        ],
        Select = Select,
    };

    /// <summary>The group of a part of the path, by records and by the trail guard alike.</summary>
    /// <param name="kind">trail, logGroup, bucket, topic, alarm, key or evidenceRole: the runbook's commands name it so.</param>
    /// <param name="name">Its name or ARN.</param>
    public static DetectionGroup GroupOf(string kind, string name) => new([new(kind, name)]);

    private static Selection? Select(Observation observation)
    {
        if (observation.AuditPath is not { } path || observation.IsUnchanged || !Attempt.Counts(observation))
            return null;

        var change = observation.Record.EventSource switch
        {
            "cloudtrail.amazonaws.com" => TrailChanges.Of(observation, path),
            "logs.amazonaws.com" => LogChanges.Of(observation, path),
            "monitoring.amazonaws.com" => NoticeChanges.OfAlarm(observation, path),
            "sns.amazonaws.com" => NoticeChanges.OfTopic(observation, path),
            "s3.amazonaws.com" => BucketChanges.Of(observation, path),
            "kms.amazonaws.com" => AccessChanges.OfKey(observation, path),
            "iam.amazonaws.com" => AccessChanges.OfRole(observation, path),
            "secretsmanager.amazonaws.com" or "ssm.amazonaws.com" => SentinelChanges.OfSecret(observation, path) ?? AccessChanges.OfBorrowedRole(observation, path),
            _ => SentinelChanges.Of(observation, path) ?? AccessChanges.OfBorrowedRole(observation, path),
        } ?? Refusals.Of(observation, path);
        return change is null ? null : new(GroupOf(change.Kind, change.Name), Detail: Attempt.Describe(observation, change.Detail));
    }
}
