using System.Text.Json.Serialization;
using KmsLab.Simulator.Verdicts;

namespace KmsLab.Simulator.Runs;

/// <summary>The state of a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
internal enum RunState
{
    /// <summary>Going on.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Played to its end.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Stopped by somebody.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>Not played to its end, or nobody knows what was found.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A scenario that was, or is being, played.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="Seed">The same seed plans the same run.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it goes on.</param>
/// <param name="Phase">What it does, or did last, in words.</param>
/// <param name="Done">Calls made.</param>
/// <param name="Total">Calls planned, as far as that is known.</param>
/// <param name="Problem">Why it failed, or what it could not put right; null otherwise.</param>
/// <param name="Note">What else is worth knowing of it; null: nothing.</param>
/// <param name="State">How it stands.</param>
/// <param name="Verdict">What was found, so far while it goes on; null before an attack's first call, and for a normal day.</param>
internal sealed record RunAnswer(
    string Id,
    string Scenario,
    int Seed,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Phase,
    int Done,
    int Total,
    string? Problem,
    string? Note,
    RunState State,
    Verdict? Verdict);
