using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel;

/// <summary>What one turn of the loop takes in.</summary>
/// <param name="Source">Where the events were read.</param>
/// <param name="Events">A page of them, maybe none.</param>
/// <param name="Late">Whether what is new in it comes later than the head read, which should have seen it.</param>
/// <param name="CompletedAt">On the last page of a read: when the read began.</param>
internal sealed record Turn(string Source, IReadOnlyList<SourceEvent> Events, DateTimeOffset? CompletedAt, bool Late = false)
{
    /// <summary>What Sentinel saw itself.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What Sentinel did itself, told to what knows: runs within the turn, before detections look, and is committed with it.</summary>
    public Action<LoopMemory>? Lesson { get; init; }

    /// <summary>A turn with what Sentinel did itself.</summary>
    public static Turn Of(Action<LoopMemory> lesson) => Tick with { Lesson = lesson };

    /// <summary>How far the turn gets in the files of a replay.</summary>
    public IReadOnlyCollection<FilePosition> Positions { get; init; } = [];

    /// <summary>A turn with what Sentinel saw itself.</summary>
    public static Turn Of(IReadOnlyList<Finding> findings) => Tick with { Findings = findings };

    /// <summary>A turn in which only time passes.</summary>
    public static Turn Tick { get; } = new("", [], null);
}
