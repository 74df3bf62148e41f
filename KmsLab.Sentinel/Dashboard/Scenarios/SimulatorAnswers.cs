using System.Text.Json;
using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Dashboard.Scenarios;

/// <summary>A scenario, as the simulator describes it.</summary>
/// <param name="Id">Such as <c>burst-exfiltration</c>.</param>
/// <param name="Title">One line.</param>
/// <param name="About">What it does, and as whom.</param>
/// <param name="IsAttack">Whether something should be found.</param>
/// <param name="Expected">Ids of the detections that should find it.</param>
/// <param name="Unavailable">Why it can't be played; null when it can.</param>
internal sealed record Scenario(string Id, string Title, string About, bool IsAttack, IReadOnlyList<string> Expected, string? Unavailable);

/// <summary>A scenario that was, or is being, played.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it goes on.</param>
/// <param name="State">running, done, stopped or failed.</param>
/// <param name="Phase">What it does, in words.</param>
/// <param name="Done">Calls made.</param>
/// <param name="Total">Calls in all.</param>
/// <param name="Problem">Why it failed, or what it could not put right; null otherwise.</param>
/// <param name="Note">What else is worth knowing of it; null: nothing.</param>
/// <param name="Verdict">What was found of it, so far while it goes on; null: nothing is known.</param>
public sealed record ScenarioRun(
    string Id,
    string Scenario,
    DateTimeOffset From,
    DateTimeOffset? To,
    string State,
    string Phase,
    int Done,
    int Total,
    string? Problem,
    string? Note,
    RunVerdict? Verdict)
{
    /// <summary>True while it goes on.</summary>
    public bool IsRunning => To is null;
}

/// <summary>The outcome of a run.</summary>
/// <param name="IsGood">Whether all was found that should be, and nothing else before.</param>
/// <param name="Summary">One line, such as <c>found after 0.5 s by unattested-call</c>.</param>
/// <param name="Findings">The detections that should find it.</param>
public sealed record RunVerdict(bool IsGood, string Summary, IReadOnlyList<RunFinding> Findings)
{
    /// <summary>The first alarm that found it; null while there is none.</summary>
    public string? AlarmId => Findings.FirstOrDefault(finding => finding.AlarmId is not null)?.AlarmId;
}

/// <summary>A detection that should find an attack.</summary>
/// <param name="Detection">Its id.</param>
/// <param name="AlarmId">The alarm that found it; null: none yet.</param>
public sealed record RunFinding(string Detection, string? AlarmId);

internal sealed record StartRun(string Scenario);

/// <summary>A problem that the simulator answers (RFC 9457).</summary>
internal sealed record SimulatorProblem(string? Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<Scenario>))]
[JsonSerializable(typeof(IReadOnlyList<ScenarioRun>))]
[JsonSerializable(typeof(ScenarioRun))]
[JsonSerializable(typeof(StartRun))]
[JsonSerializable(typeof(SimulatorProblem))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
