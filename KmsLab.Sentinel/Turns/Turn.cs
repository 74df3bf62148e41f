using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Turns;

/// <summary>One unit of work that is committed whole or not at all. Its kinds are those below.</summary>
internal abstract record Turn
{
    private Turn()
    {
    }

    /// <summary>
    /// Whether its commit may wait for those of later turns. Only for whoever brings it again after a failure: what waits is lost with the memory.
    /// </summary>
    public bool MayWait { get; init; }

    /// <summary>A page of a source.</summary>
    /// <param name="Source">Where its events were read.</param>
    /// <param name="Events">Maybe none.</param>
    public sealed record Page(string Source, IReadOnlyList<SourceEvent> Events) : Turn
    {
        /// <summary>The events as they were parsed, those that are of interest, where whoever sends the page has parsed them already; else null.</summary>
        public IReadOnlyList<ParsedEvent>? Parsed { get; init; }

        /// <summary>Whether what is new in it comes later than the head read, which should have seen it.</summary>
        public bool IsLate { get; init; }

        /// <summary>The gap of the trail that it fills: its records count however old they are. Null for every other page.</summary>
        public string? FillsGap { get; init; }

        /// <summary>How far the page gets in its source, for the source's own part to keep.</summary>
        public IReadOnlyCollection<IReadPosition> Positions { get; init; } = [];

        /// <summary>What a replay passed over, to be counted with the page; null where nothing of the kind is counted.</summary>
        public PassedOver? PassedOver { get; init; }
    }

    /// <summary>A source that has now been read completely.</summary>
    /// <param name="Source">Which.</param>
    /// <param name="StartedAt">When the read began.</param>
    public sealed record ReadEnd(string Source, DateTimeOffset StartedAt) : Turn;

    /// <summary>Work of Sentinel's own.</summary>
    /// <param name="Findings">Sights of its own, such as a trail that does not log.</param>
    /// <param name="Do">Tells the parts what was done; runs before detections look, and is committed with the turn.</param>
    public sealed record OwnWork(IReadOnlyList<Finding> Findings, Action<TurnMemory>? Do = null) : Turn
    {
        public OwnWork(Action<TurnMemory> work)
            : this([], work)
        {
        }
    }

    /// <summary>A turn in which only time passes.</summary>
    public sealed record Tick : Turn;
}

/// <summary>A place in a source up to which its records have been taken.</summary>
internal interface IReadPosition;

/// <summary>Records that a replay did not hand on.</summary>
/// <param name="Outside">Those outside of the time asked for.</param>
/// <param name="Ignored">Those of services that no detection looks at.</param>
internal sealed record PassedOver(long Outside, long Ignored);
