using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Alarms;

/// <summary>
/// One group's alarm of one detection. It stays the same through its occurrences: an occurrence begins when the threshold is reached, ends with OK,
/// and the next attack begins another.
/// </summary>
/// <remarks>
/// It lives in event time. ALARM as soon as a window holds enough, however late that is found out. OK only once the watermark has passed
/// <see cref="QuietAt"/>, for until then a late record could still prolong it: quiet and late look alike.
/// </remarks>
internal sealed record Alarm
{
    public required string Id { get; init; }

    public required string Detection { get; init; }

    public required DetectionGroup Group { get; init; }

    public required AlarmState State { get; init; }

    /// <summary>Counts the occurrences, from 1.</summary>
    public required long Occurrence { get; init; }

    /// <summary>Counts the changes of state: with the id, it names a notification for good.</summary>
    public required long Revision { get; init; }

    /// <summary>The most records in one window in this occurrence.</summary>
    public required long Observed { get; init; }

    public required long Threshold { get; init; }

    public required TimeSpan Window { get; init; }

    /// <summary>What would have been normal, for a detection that goes by that.</summary>
    public Expectation? Expected { get; init; }

    /// <summary>Event time of the occurrence's first record.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>Event time of the occurrence's last record.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Event time from which on the windows are quiet again.</summary>
    public required DateTimeOffset QuietAt { get; init; }

    /// <summary>When it last changed state.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Whether the occurrence is over.</summary>
    public required bool Ended { get; init; }

    /// <summary>The records it rests on, in order of event time, at most <see cref="Evidence.Limit"/>.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>How many records it rests on.</summary>
    public required long EvidenceTotal { get; init; }

    /// <summary>The kinds, parties and relatives of the occurrence.</summary>
    public AlarmTraits Traits { get; init; } = new();

    /// <summary>The number of times that something was done, the findings of lasting states left out.</summary>
    public long Calls => Math.Max(0, EvidenceTotal - Traits.States);

    /// <summary>Begins an occurrence.</summary>
    /// <param name="previous">How often the alarm has occurred and changed before.</param>
    /// <param name="detection">Whose alarm.</param>
    /// <param name="window">What was counted.</param>
    /// <param name="violation">What was found.</param>
    /// <param name="limit">What it had to reach.</param>
    /// <param name="now">The time of the change.</param>
    public static Alarm Raise(PastOccurrences previous, ConfiguredDetection detection, GroupWindow window, Violation violation, Limit limit, DateTimeOffset now) => new()
    {
        Id = window.Id,
        Detection = detection.Definition.Id,
        Group = window.Group,
        State = AlarmState.Alarm,
        Occurrence = previous.Occurrence + 1,
        Revision = previous.Revision + 1,
        Observed = violation.Observed,
        Threshold = limit.Threshold,
        Window = limit.Window,
        Expected = limit.Expected,
        FirstSeen = violation.From,
        LastSeen = violation.From,
        QuietAt = violation.QuietAt,
        ChangedAt = now,
        Ended = false,
        Evidence = [],
        EvidenceTotal = 0,
    };

    /// <summary>Its occurrences up to now.</summary>
    public PastOccurrences Past => new(Occurrence, Revision);

    /// <summary>More of the same occurrence.</summary>
    public Alarm Extend(Violation violation) => this with
    {
        Observed = Math.Max(Observed, violation.Observed),
        FirstSeen = violation.From < FirstSeen ? violation.From : FirstSeen,
        QuietAt = violation.QuietAt > QuietAt ? violation.QuietAt : QuietAt,
    };

    /// <summary>Takes up all that the group's window holds from the occurrence's beginning to its end; the window may have forgotten older records.</summary>
    public Alarm Rest(GroupWindow window, DetectionSettings settings) => Prolong(window, settings).Rest(window);

    /// <summary>Hysteresis: it goes on while a window holds less than would raise it, but enough to keep it.</summary>
    private Alarm Prolong(GroupWindow window, DetectionSettings settings) =>
        settings.ClearThreshold >= Threshold || Window != settings.Window || window.Values is not null || Ended ? this : this with { QuietAt = window.Counts.ProlongedQuiet(QuietAt, Window, settings.ClearThreshold) };

    private Alarm Rest(GroupWindow window)
    {
        var known = Evidence.Select(record => record.EventId).ToHashSet();
        var more = window.Evidence.Where(record => record.EventTime >= FirstSeen && record.EventTime < QuietAt && !known.Contains(record.EventId));
        var (total, last) = window.Counts.Between(FirstSeen, QuietAt);
        return this with
        {
            Evidence = [.. Evidence.Concat(more.Take(Trail.Evidence.Limit - Evidence.Count)).OrderBy(record => record.EventTime)],
            EvidenceTotal = Math.Max(EvidenceTotal, total),
            LastSeen = last > LastSeen ? last : LastSeen,
        };
    }

    /// <summary>Whether a violation found now is only a late part of the occurrence that is over already.</summary>
    public bool IsLatePart(Violation violation, DateTimeOffset? watermark) =>
        Ended && violation.QuietAt <= watermark && violation.From < QuietAt && violation.QuietAt > FirstSeen;

    /// <summary>What the watermark makes of it.</summary>
    /// <returns>The same alarm when nothing changes.</returns>
    public Alarm Advance(Watermark watermark, DateTimeOffset now)
    {
        // A window that would still be open with all data at hand is an alarm, whether or not the data come.
        if (watermark.StandsStill && (Ended || watermark.Expected >= QuietAt))
            return ChangeTo(AlarmState.InsufficientData, Ended, now);

        return Ended || watermark.Known >= QuietAt
            ? ChangeTo(AlarmState.Ok, true, now)
            : ChangeTo(AlarmState.Alarm, false, now);
    }

    /// <summary>Ends it because nothing judges it any more: its rule is gone, or its detection off.</summary>
    public Alarm Retire(DateTimeOffset now) => ChangeTo(AlarmState.Ok, true, now);

    private Alarm ChangeTo(AlarmState state, bool ended, DateTimeOffset now) =>
        state == State ? this : this with { State = state, Ended = ended, ChangedAt = now, Revision = Revision + 1 };
}

/// <summary>An alarm's occurrences up to now, by which the next one is numbered.</summary>
/// <param name="Occurrence">The number of the last one; 0 for none.</param>
/// <param name="Revision">The number of changes of state.</param>
internal readonly record struct PastOccurrences(long Occurrence, long Revision);
