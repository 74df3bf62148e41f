using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Simulator.Runs;
using KmsLab.Simulator.Verdicts;

namespace KmsLab.Simulator.Http;

/// <summary>A scenario that can be played.</summary>
/// <param name="Id">Such as <c>burst-exfiltration</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="About">Who does what, and what could show it.</param>
/// <param name="IsAttack">Whether something should be found.</param>
/// <param name="Expected">Ids of the detections that should find it.</param>
/// <param name="NeedsVault">Whether it needs a copy of the application's database.</param>
/// <param name="Available">Whether it can be played here.</param>
/// <param name="Unavailable">Why not; null when it can.</param>
internal sealed record ScenarioAnswer(
    string Id,
    string Title,
    string About,
    bool IsAttack,
    IReadOnlyList<string> Expected,
    bool NeedsVault,
    bool Available,
    string? Unavailable)
{
    public static ScenarioAnswer Of(ScenarioInfo scenario, string? unavailable) => new(
        scenario.Id,
        scenario.Title,
        scenario.About,
        scenario.IsAttack,
        scenario.Expected,
        scenario.NeedsVault,
        unavailable is null,
        unavailable);
}

/// <summary>A request to begin a run: the body of <c>POST /api/runs</c>.</summary>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="Seed">The same seed plans the same run; one from the clock when it is not given.</param>
/// <param name="AmidNormalTraffic">Whether normal traffic goes first, and on around an attack.</param>
/// <param name="Speed">How many times faster than planned; as suits a demonstration when it is not given.</param>
internal sealed record StartBody(string Scenario, int? Seed = null, bool AmidNormalTraffic = false, double? Speed = null);

/// <summary>The outcome of a run that has ended.</summary>
/// <param name="Run">The run.</param>
/// <param name="Truth">What of it was an attack; null when it did not come to its end.</param>
/// <param name="Verdict">What was found of it; null for a normal day, and where nobody knows.</param>
internal sealed record ReportAnswer(RunAnswer Run, GroundTruth? Truth, Verdict? Verdict);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<ScenarioAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<RunAnswer>))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(StartBody))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
