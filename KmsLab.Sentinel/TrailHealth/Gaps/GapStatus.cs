using System.Text.Json.Serialization;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>States of a gap of the trail.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GapPhase>))]
public enum GapPhase
{
    /// <summary>The trail is still cut; what is called meanwhile is read from the event history again and again.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>The trail is whole again; the event history is read until it is complete.</summary>
    [JsonStringEnumMemberName("filling")] Filling,

    /// <summary>All was read.</summary>
    [JsonStringEnumMemberName("filled")] Filled,

    /// <summary>It is over, and a part of it stayed unread.</summary>
    [JsonStringEnumMemberName("partly")] Partly,
}

/// <summary>A time in which the trail was cut, as <c>/api/status</c> and the alarm answer it.</summary>
/// <param name="Kind">What was cut: <c>trail</c> or <c>logGroup</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Why">How.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null while it lasts.</param>
/// <param name="Phase">How far it is filled.</param>
/// <param name="CoveredUntil">Event time up to which the event history has been read.</param>
/// <param name="Requests">LookupEvents calls so far.</param>
/// <param name="Records">Records that only the event history had.</param>
/// <param name="Unread">What could not be read.</param>
public sealed record GapStatus(
    string Kind, string Name, string Why, DateTimeOffset From, DateTimeOffset? To, GapPhase Phase, DateTimeOffset? CoveredUntil, long Requests, long Records, IReadOnlyList<string> Unread)
{
    /// <summary>The reason for which the event history can't be read now; null when it can.</summary>
    public string? Problem { get; init; }

    internal static GapStatus Of(TrailGap gap, string? problem) => new(
        gap.Kind, gap.Name, gap.Why, gap.From, gap.To, PhaseOf(gap), gap.CoveredUntil, gap.Requests, gap.Records, [.. gap.Unread.Union(gap.Round?.Unread ?? [])])
    {
        Problem = gap.Filled ? null : problem,
    };

    private static GapPhase PhaseOf(TrailGap gap) => (gap.To, gap.Filled, gap.Unread.Count) switch
    {
        (null, _, _) => GapPhase.Open,
        (_, false, _) => GapPhase.Filling,
        (_, _, 0) => GapPhase.Filled,
        _ => GapPhase.Partly,
    };
}

/// <summary>Holds what the running process knows of its reading beside the database; safe to read from any thread.</summary>
internal sealed class GapState
{
    private volatile string? _problem;

    /// <summary>The reason for which the event history can't be read; null when it can, or is not asked.</summary>
    public string? Problem { get => _problem; set => _problem = value; }
}

/// <summary>Reads the gaps for people, on any instance.</summary>
internal sealed class GapQuery(Database database, GapState state)
{
    public async Task<IReadOnlyList<GapStatus>> ReadAsync(CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync(connection => GapRows.AllAsync(connection, cancellationToken), cancellationToken)).Select(gap => GapStatus.Of(gap, state.Problem))];
}
