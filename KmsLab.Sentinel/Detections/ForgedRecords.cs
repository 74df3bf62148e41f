using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Records that CloudTrail can't have written: somebody writes to the trail's log group.</summary>
/// <remarks>
/// PutLogEvents is a data event, so the trail does not show who plants records: to hide a true one behind its own eventID, to take evidence back by a
/// correction, or to keep people busy. So a record is evidence and not truth: what contradicts another is judged all the same, and both are told.
/// </remarks>
internal static class ForgedRecords
{
    /// <summary>Its name in configuration and alarms.</summary>
    public const string Id = "forged-records";

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "Records on the trail contradict each other or are not CloudTrail's",
        Severity = Severity.High,
        Technique = "T1565.001",
        About = "Whoever may call PutLogEvents on the trail's log group can plant records, and the trail does not show it. Told are: two records with one eventID that say different things; "
            + "two with one sharedEventID that are no copies for two accounts; a correction (UPDATED_DATA) that says something else than the record it corrects; and records in log streams that "
            + "CloudTrail does not write. The last are not believed: no other detection sees them. All others are judged, both of them, and no correction takes evidence away from an alarm.",
        Why = "{observed} records of the trail are doubtful, last {operation} by {principal} from {address}: {detail}.",
        Tuning = "A log group that other writers share (a central one) does not suit: give CloudTrail one of its own. CloudTrail's own corrections are rare; look each up, and acknowledge it.",
        Runbook =
        [
            "Ask CloudTrail itself which record is true; its event history can't be written to.",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue={eventId}",
            "If the trail delivers to a bucket with digest files, validate-logs of the aws CLI says whether its files are CloudTrail's: compare them with the group.",
            "Who may call logs:PutLogEvents on the group besides CloudTrail's role? Take that right away.",
            "Look at all alarms since then: what was hidden behind the forged record has been judged as well.",
        ],
        WatchesAuditPath = true,
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Select = observation => observation.Doubt == RecordDoubt.None
            ? null
            : new(GroupOf(NameOf(observation.Doubt), observation.Record.RecipientAccountId), Detail: Describe(observation)),
    };

    /// <summary>One alarm for each kind of doubt and account, however many records are planted.</summary>
    public static DetectionGroup GroupOf(string kind, string? account) => new([new("kind", kind), new("account", account ?? "unknown")]);

    private static string NameOf(RecordDoubt doubt) => doubt switch
    {
        RecordDoubt.SameEventId => "eventID",
        RecordDoubt.SameSharedEventId => "sharedEventID",
        _ => "correction",
    };

    private static string Describe(Observation observation) => observation.Doubt switch
    {
        RecordDoubt.SameEventId => "another record with the same eventID says something else",
        RecordDoubt.SameSharedEventId => "another record with the same sharedEventID is no copy of it for the other account",
        _ => $"it claims to correct {observation.Record.Addendum?.OriginalEventId}, and says something else",
    };
}
