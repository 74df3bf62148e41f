using System.Globalization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>A time in which the trail was cut, and how far it is filled from the event history.</summary>
internal sealed record TrailGap
{
    /// <summary>Its own name, the same after every restart.</summary>
    public required string Id { get; init; }

    /// <summary>The part of the path that was cut, as <c>trail-blinding</c> groups it: <c>trail</c> or <c>logGroup</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The event time at which it was cut, or the last one at which it is known to have been whole.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The time from which it was whole again; null while it is not.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The causes that keep it cut, and since when.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> Causes { get; init; }

    /// <summary>The cause that cut it, in words.</summary>
    public required string Why { get; init; }

    /// <summary>The reading under way.</summary>
    public GapRound? Round { get; init; }

    /// <summary>Event time up to which ended readings have come.</summary>
    public DateTimeOffset? CoveredUntil { get; init; }

    /// <summary>The time at which the last reading ended.</summary>
    public DateTimeOffset? RoundEndedAt { get; init; }

    /// <summary>Tells whether the last reading began late enough for the event history to be complete.</summary>
    public bool Filled { get; init; }

    /// <summary>LookupEvents calls so far.</summary>
    public long Requests { get; init; }

    /// <summary>Records that only the event history had.</summary>
    public long Records { get; init; }

    /// <summary>Parts that could not be read, one sentence each.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>The alarm that tells of the cut.</summary>
    public DetectionGroup Group => TrailBlinding.GroupOf(Kind, Name);

    public bool Covers(DateTimeOffset at) => From <= at && at < To;

    /// <summary>A gap begins.</summary>
    public static TrailGap Begin(string kind, string name, string cause, DateTimeOffset at, string why) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{kind}:{name}:{at.ToUnixTimeMilliseconds()}"),
        Kind = kind,
        Name = name,
        From = at,
        Causes = new Dictionary<string, DateTimeOffset> { [cause] = at },
        Why = why,
    };
}

/// <summary>One reading of a gap: list after list, each from the newest event to the oldest.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="From">The oldest event time that it reads.</param>
/// <param name="To">The newest.</param>
internal sealed record GapRound(DateTimeOffset StartedAt, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Lists that are read to their end, or given up.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>The list that is being read.</summary>
    public string? List { get; init; }

    /// <summary>Event time down to which that list is read; after a restart it goes on from here.</summary>
    public DateTimeOffset? DownTo { get; init; }

    /// <summary>LookupEvents calls of this reading.</summary>
    public long Requests { get; init; }

    /// <summary>Parts that could not be read.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];
}

/// <summary>The place that a reading has come to with a page.</summary>
/// <param name="GapId">Whose reading.</param>
/// <param name="List">The list.</param>
/// <param name="DownTo">Event time down to which it is read now; null when its pages had no events.</param>
/// <param name="IsDone">Whether the list is read to its end.</param>
/// <param name="Requests">The calls that this took.</param>
internal sealed record GapPosition(string GapId, string List, DateTimeOffset? DownTo, bool IsDone, int Requests) : IReadPosition;
