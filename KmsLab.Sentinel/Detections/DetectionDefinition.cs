using System.Text.Json.Serialization;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>How bad it is when a detection fires.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("low")] Low,
    [JsonStringEnumMemberName("medium")] Medium,
    [JsonStringEnumMemberName("high")] High,
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>What a detection counts in its window.</summary>
internal enum Measure
{
    /// <summary>Records.</summary>
    Records,

    /// <summary>Distinct values of <see cref="Selection.Value"/>.</summary>
    DistinctValues,
}

/// <summary>What says that an alarm is over.</summary>
internal enum Clock
{
    /// <summary>The watermark: quiet and late look alike until the trail is known to be complete.</summary>
    Trail,

    /// <summary>Sentinel's own clock, for what it sees itself: it must not wait for a trail that was cut.</summary>
    Wall,
}

/// <summary>
/// A detection: a pure choice of records, and what people need to know about it. The engine counts what it selects in sliding windows of
/// event time and raises an alarm for each group that reaches the threshold; a detection with threshold 1 fires at the first record.
/// </summary>
/// <remarks><see cref="Why"/> and <see cref="Runbook"/> are templates that the alarm fills in; docs/detections.md is generated from all this.</remarks>
internal sealed record DetectionDefinition
{
    /// <summary>Its name in configuration and alarms, such as <c>kms-error-burst</c>.</summary>
    public required string Id { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>The ATT&amp;CK technique, such as <c>T1110</c>.</summary>
    public required string Technique { get; init; }

    /// <summary>What it catches and why that matters, for the catalogue.</summary>
    public required string About { get; init; }

    /// <summary>The sentence that says why this alarm fired, such as <c>{principal} was refused {observed} times</c>.</summary>
    public required string Why { get; init; }

    /// <summary>How to tune it, for the catalogue.</summary>
    public required string Tuning { get; init; }

    /// <summary>What to do, one step a line; a step that starts with <c>aws</c> is a command, ready to paste once it is filled in.</summary>
    public required IReadOnlyList<string> Runbook { get; init; }

    /// <summary>Settings where the configuration says nothing.</summary>
    public required DetectionSettings Defaults { get; init; }

    /// <summary>What it wants to know of a record: null if the record does not concern it. Pure.</summary>
    public required Func<Observation, Selection?> Select { get; init; }

    /// <summary>A second group that a record counts for as well; null where there is none. Pure.</summary>
    public Func<Observation, Selection?>? SelectAlso { get; init; }

    public Measure Measure { get; init; } = Measure.Records;

    /// <summary>The services whose records it looks at.</summary>
    public IReadOnlyList<string> EventSources { get; init; } = ["kms.amazonaws.com"];

    public Clock Clock { get; init; } = Clock.Trail;

    /// <summary>Tells of the audit path itself. Only a silence that names the detection covers it, and that is told.</summary>
    public bool WatchesAuditPath { get; init; }

    /// <summary>Whether it fires only beyond what its group normally does, as its baseline says; the threshold is then the least that may fire.</summary>
    public bool IsRelative { get; init; }

    /// <summary>Whether its windows lie side by side, aligned to the epoch, as a baseline learns them; otherwise any span of one window's length counts.</summary>
    public bool IsAligned { get; init; }
}
