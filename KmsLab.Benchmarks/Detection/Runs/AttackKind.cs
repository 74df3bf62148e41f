using KmsLab.Simulator;

namespace KmsLab.Benchmarks.Detection;

/// <summary>An attack as it is played here: the simulator's scenarios, with attested exfiltration as the two that it is.</summary>
/// <param name="Id">The scenario's id, and the pace where there are two.</param>
/// <param name="Scenario">What is played.</param>
/// <param name="Pace">How the thief with stolen Keys goes about it.</param>
/// <param name="Length">How long it goes on.</param>
internal sealed record AttackKind(string Id, ScenarioInfo Scenario, Pace Pace, TimeSpan Length)
{
    private const string Attested = "attested-exfiltration";
    private const string SlowSpread = "decrypt-spread-slow";

    /// <summary>All of them, the longest first.</summary>
    public static IReadOnlyList<AttackKind> All { get; } = [.. ScenarioCatalog.All.Where(scenario => scenario.IsAttack).SelectMany(Of).OrderByDescending(kind => kind.Length)];

    /// <summary>The detections that the catalogue names for it.</summary>
    public IReadOnlyList<string> Finders => [.. Scenario.Expected.Concat(Scenario.ExpectedWithHistory).Where(IsOfThisPace)];

    private bool IsOfThisPace(string detection) => Pace switch
    {
        Pace.Slow => detection == SlowSpread,
        Pace.Bulk => detection != SlowSpread,
        _ => true,
    };

    private static IEnumerable<AttackKind> Of(ScenarioInfo scenario) => scenario.Id == Attested
        ? [new($"{Attested} (slow)", scenario, Pace.Slow, scenario.Length), new($"{Attested} (bulk)", scenario, Pace.Bulk, TimeSpan.FromMinutes(5))]
        : [new(scenario.Id, scenario, Pace.Both, scenario.Length)];
}
