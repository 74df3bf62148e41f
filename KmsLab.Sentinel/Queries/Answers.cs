using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Heartbeats;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.TrailHealth.Guard;

namespace KmsLab.Sentinel.Queries;

/// <summary>An alarm as <c>/api/alarms</c> answers it. <c>window</c> is in seconds.</summary>
public sealed record AlarmAnswer(
    string Id,
    string Detection,
    Severity Severity,
    string Title,
    AlarmState State,
    IReadOnlyDictionary<string, string> Group,
    long Observed,
    long Threshold,
    TimeSpan Window,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    DateTimeOffset ChangedAt,
    long Occurrence,
    string Technique,
    string Why,
    Expectation? Expected,
    IReadOnlyList<string> Runbook,
    long EvidenceTotal,
    IReadOnlyList<Evidence> Evidence)
{
    /// <summary>Whether the occurrence is over.</summary>
    public bool Ended { get; init; }

    /// <summary>Other alarms of the incident: those with a principal, session, access key or key in common at about the same time.</summary>
    public IReadOnlyList<AlarmRelative> Relatives { get; init; } = [];

    /// <summary>The id of the most severe alarm of the incident, which may be this one; null where there is no other.</summary>
    public string? Leader { get; init; }

    /// <summary>Attention that the alarm needs of somebody.</summary>
    public Attention Attention { get; init; }

    /// <summary>The end of the work on this occurrence, with a verdict; null while nobody has closed it.</summary>
    public Closure? Closed { get; init; }

    /// <summary>The person who knows of this occurrence, with <c>news</c> of what happened since; null when nobody said so.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>Until when nobody is notified; null when people are.</summary>
    public Silence? Silenced { get; init; }

    /// <summary>Of a trail that was cut: the times without records, and how far each is filled from the event history.</summary>
    public IReadOnlyList<GapStatus> Gaps { get; init; } = [];

    /// <summary>What the sentences about it are filled in with.</summary>
    internal AlarmFacts Facts() =>
        new(Observed, Threshold, EvidenceTotal, Window, FirstSeen, LastSeen, Expected, Group, AlarmFacts.LastOf(Evidence));

    internal static AlarmAnswer Of(Alarm alarm, DetectionCatalog catalog)
    {
        var definition = catalog.Find(alarm.Detection)?.Definition;
        return new(
            alarm.Id, alarm.Detection, definition?.Severity ?? Severity.Low, definition?.Title ?? alarm.Detection, alarm.State, alarm.Group.ToDictionary(),
            alarm.Observed, alarm.Threshold, alarm.Window, alarm.FirstSeen, alarm.LastSeen, alarm.ChangedAt, alarm.Occurrence,
            definition?.Technique ?? "", definition is null ? "" : AlarmText.Why(alarm, definition), alarm.Expected, definition is null ? [] : AlarmText.Runbook(alarm, definition),
            alarm.EvidenceTotal, alarm.Evidence)
        {
            Ended = alarm.Ended,
            Relatives = [.. alarm.Traits.Relatives.Select(relative => relative with { Title = catalog.Find(relative.Detection)?.Definition.Title ?? relative.Detection })],
            Leader = alarm.Traits.Relatives.Count == 0
                ? null
                : AlarmRelative.LeaderOf(alarm.Id, definition?.Severity ?? Severity.Low, alarm.FirstSeen, alarm.Traits.Relatives),
        };
    }
}

/// <summary>What <c>/api/rates</c> answers.</summary>
/// <param name="AsOf">The watermark: event time up to which the counts are complete. Null before the first complete read.</param>
/// <param name="LagSeconds">How far <paramref name="AsOf"/> is behind the clock.</param>
/// <param name="Series">The series with calls in the time asked for.</param>
internal sealed record RatesAnswer(DateTimeOffset? AsOf, double? LagSeconds, IReadOnlyList<SeriesAnswer> Series);

/// <summary>A series; <c>keyArn</c> is null for calls about no key, <c>service</c> is null for direct calls.</summary>
internal sealed record SeriesAnswer(string? KeyArn, string Principal, string Operation, string Outcome, string? Service, IReadOnlyList<BucketAnswer> Buckets);

/// <summary>A tumbling bucket of event time: from <paramref name="Start"/>, <paramref name="Seconds"/> long.</summary>
internal sealed record BucketAnswer(DateTimeOffset Start, double Seconds, long Count);

/// <summary>What <c>/api/status</c> answers.</summary>
/// <param name="Now">Sentinel's clock.</param>
/// <param name="Leadership">Who leads, and whether it is the process that answers.</param>
/// <param name="Loop">How it goes with the loop and the database.</param>
/// <param name="Watermark">Event time up to which the trail is known to be complete.</param>
/// <param name="LagSeconds">How far the watermark is behind the clock.</param>
/// <param name="Sources">What is read.</param>
/// <param name="Records">What became of what was read.</param>
/// <param name="Attestations">What the proofs of cryptographic calls on protected keys said.</param>
/// <param name="Malformed">The latest log events that could not be used, newest first.</param>
/// <param name="PendingNotifications">Notifications that some channel has not sent yet.</param>
/// <param name="Channels">How it goes with each channel.</param>
internal sealed record StatusAnswer(
    DateTimeOffset Now,
    LeadershipAnswer Leadership,
    LoopAnswer Loop,
    DateTimeOffset? Watermark,
    double? LagSeconds,
    IReadOnlyList<SourceAnswer> Sources,
    RecordsAnswer Records,
    AttestationsAnswer Attestations,
    IReadOnlyList<RejectionAnswer> Malformed,
    long? PendingNotifications,
    IReadOnlyList<ChannelAnswer> Channels)
{
    /// <summary>The canary; null where there is none.</summary>
    public CanaryStatus? Canary { get; init; }

    /// <summary>The trail guard; null where it is off.</summary>
    public GuardStatus? Guard { get; init; }

    /// <summary>The heartbeat to an address outside the account; null where there is none.</summary>
    public HeartbeatStatus? Heartbeat { get; init; }

    /// <summary>Times in which the trail was cut, the latest first, and how far each is filled from the event history.</summary>
    public IReadOnlyList<GapStatus> Gaps { get; init; } = [];

    /// <summary>How each source delivers, as the canary says.</summary>
    public IReadOnlyList<DeliveryStatus> Delivery { get; init; } = [];

    /// <summary>What is wrong with the folder of rules; while anything is, the rules as they were stay in use.</summary>
    public IReadOnlyList<string> RuleProblems { get; init; } = [];
}

/// <summary>A source: <c>state</c> is starting, reading, waiting (it does not exist yet), failing or standby.</summary>
internal sealed record SourceAnswer(
    string Name, string State, DateTimeOffset? LastAttempt, DateTimeOffset? LastCompleteRead, int FailuresInARow, long Failures, string? Problem);

/// <summary><c>read</c>, <c>duplicates</c> and <c>ignored</c> count since start and see each read; the others count each record once, for good.
/// they are null when the database doesn't answer. <c>late</c> came after the head read had passed its time, <c>tooLate</c> is older than is kept, <c>overflowed</c> went to the series Other,
/// <c>replaced</c> gave way to a correction by CloudTrail.</summary>
internal sealed record RecordsAnswer(long Read, long Duplicates, long Ignored, long? Counted, long? Malformed, long? Late, long? TooLate, long? Overflowed, long? Replaced, long? Twins);

/// <summary>Cryptographic calls on protected keys by verdict, each once, for good. <c>unverifiable</c>: the record lacks what the proof is about.</summary>
internal sealed record AttestationsAnswer(long? Valid, long? Absent, long? Forged, long? Stale, long? Replayed, long? Unverifiable);

/// <summary>A log event that could not be used. Its content is not kept; <c>origin</c> says where it stands.</summary>
internal sealed record RejectionAnswer(DateTimeOffset At, string Source, string Origin, string Problem);
