namespace KmsLab.Sentinel.Replay;

/// <summary>What is replayed, and how the outcome is shown.</summary>
/// <param name="Path">A folder, a glob or a file.</param>
/// <param name="Database">The SQLite file that keeps the outcome; null for one that is deleted afterwards.</param>
/// <param name="From">Records from before it are left out.</param>
/// <param name="To">Records from then on are left out.</param>
/// <param name="Json">Whether to print JSON instead of tables.</param>
/// <param name="Config">A JSON file with a section <c>Sentinel</c>, besides the environment.</param>
internal sealed record ReplayOptions(string Path, string? Database, DateTimeOffset? From, DateTimeOffset? To, bool Json, string? Config)
{
    /// <summary>Whether the same database goes on with later files: what is open at the end stays open, and the clock stays at the last record.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Whether calls are counted and nothing else: no detections, and nothing is kept.</summary>
    public bool Rates { get; init; }

    /// <summary>With <see cref="Rates"/>: whether a record counts as often as the files hold it, so that no ids need be remembered.</summary>
    public bool CountsDuplicates { get; init; }

    /// <summary>Whether stderr shows how far it is.</summary>
    public bool ShowsProgress { get; init; } = true;

    /// <summary>
    /// Spans of event time in which each second is a turn of its own, so that the history tells to the second when an alarm changed. Elsewhere a stretch of a few
    /// minutes is one turn, with its beginning for its time. It takes longer, and changes nothing of what is counted.
    /// </summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> BySecond { get; init; } = [];

    /// <summary>Takes the numbers of records that detections were interested in, where somebody asks for them.</summary>
    public SelectionTotals? Selections { get; init; }

    public bool Includes(DateTimeOffset at) => (From is null || at >= From) && (To is null || at < To);
}

/// <summary>A replay can't go on; the message says what to change.</summary>
internal sealed class ReplayException(string message, Exception? inner = null) : Exception(message, inner);
