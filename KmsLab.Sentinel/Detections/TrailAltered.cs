namespace KmsLab.Sentinel.Detections;

/// <summary>The trail's files in its bucket are not those that CloudTrail delivered. Found by Sentinel itself, not by a record.</summary>
internal static class TrailAltered
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "trail-altered",
        Title = "Files of the trail were altered or deleted",
        Severity = Severity.Critical,
        Technique = "T1565.001",
        About = "CloudTrail signs a digest of the files that it delivered, each hour, and each names the one before it. Where Sentinel reads the trail's bucket "
            + "(Sentinel:TrailQueues), it verifies each digest as it comes: its signature, the digest before it, and the hash of each file. A file that is missing or "
            + "changed, a digest that is missing, changed, moved or not CloudTrail's, means that somebody who may write to the bucket hides what was done. "
            + "Needs EnableLogFileValidation on the trail.",
        Why = "{detail}.",
        Tuning = "A lifecycle rule that deletes the trail's files within hours would raise it: let them live for longer than a day. "
            + "Digests reach Sentinel if the bucket's notifications cover the prefix CloudTrail-Digest as well.",
        Runbook =
        [
            "Which files, and since when? Sentinel says the same of the whole bucket by hand: Sentinel verify s3://BUCKET.",
            "aws cloudtrail validate-logs --trail-arn TRAIL --start-time TIME",
            "Who wrote or deleted? Data events of the bucket (s3:PutObject, s3:DeleteObject), if a trail logs them; else who may: the bucket's policy and the "
                + "roles with s3:Put* and s3:Delete* there.",
            "What was in them? Sentinel has counted files that it read before; CloudTrail's event history has management events of 90 days, and versions of the "
                + "bucket the old content.",
            "Give the bucket Object Lock, or a policy that lets nobody but CloudTrail write.",
        ],
        WatchesAuditPath = true,
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Clock = Clock.Wall,
        Select = _ => null,
    };
}
