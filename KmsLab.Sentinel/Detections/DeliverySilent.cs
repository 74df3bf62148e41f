namespace KmsLab.Sentinel.Detections;

/// <summary>Records stay out: nobody would notice anything else any more. Found by Sentinel itself, not by a record.</summary>
internal static class DeliverySilent
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "delivery-silent",
        Title = "CloudTrail's records stay out",
        Severity = Severity.High,
        Technique = "T1562.008",
        About = "A source can't be read, the canary's record has not come back in time, or no canary can be made: whatever happens meanwhile is seen late or not at all.",
        Why = "{source}: {detail}.",
        Tuning = "Sentinel:Delivery:LateAfter, UnreadableAfter and NoRecordsAfter say how long is too long; the window must be longer than Sentinel:Delivery:LookInterval.",
        Runbook =
        [
            "/api/status shows each source with its last complete read, its problem and its delivery lag.",
            "If it can't be read: look at Sentinel's credentials, its role's policy, the network, and whether the log group exists.",
            "If nothing comes: is CloudTrail late, or was it stopped? The trail guard and trail-blinding say whether its configuration changed.",
            "aws cloudtrail describe-trails",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=cloudtrail.amazonaws.com",
            "AWS's own delays are announced on https://health.aws.amazon.com/health/status.",
        ],
        WatchesAuditPath = true,
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(3)),
        Clock = Clock.Wall,
        Select = _ => null,
    };
}
