namespace KmsLab.Sentinel.Detections;

/// <summary>Far more records than usual: somebody may hide one among them, or keep Sentinel busy. Found by Sentinel itself, not by a record.</summary>
internal static class EvidenceFlood
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "evidence-flood",
        Title = "Far more records than usual are poured into the trail",
        Severity = Severity.High,
        Technique = "T1562.008",
        About = "A source holds many times what it usually holds in a minute. Whoever may write to the trail's log group can plant records by the hundred thousand, "
            + "or somebody makes calls in bulk: in both cases what matters drowns, and is read late. Protected keys and CloudTrail's own streams are read first meanwhile.",
        Why = "{source}: {detail}.",
        Tuning = "Sentinel:Flood:Records and Bytes say what is too little to be a flood, Times how many times the usual is one; the window must be longer than Sentinel:Flood:LookInterval.",
        Runbook =
        [
            "Which streams of the log group grow? CloudTrail's own are those whose names hold _CloudTrail_ and the Region; writing to others, and to these, is PutLogEvents, which a trail of management events does not show.",
            "aws logs describe-log-streams --log-group-name NAME --order-by LastEventTime --descending",
            "Take logs:PutLogEvents on the trail's log group from everybody but CloudTrail's role.",
            "If they are CloudTrail's own: who makes so many calls? /api/rates shows principals and operations.",
            "Look at the alarms of the same time: a flood is seldom alone.",
        ],
        WatchesAuditPath = true,
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(3)),
        Clock = Clock.Wall,
        Select = _ => null,
    };
}
