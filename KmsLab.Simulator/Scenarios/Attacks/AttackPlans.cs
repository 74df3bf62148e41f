using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary>Which plan belongs to which scenario.</summary>
internal static class AttackPlans
{
    /// <exception cref="SimulatorException">The scenario is no attack.</exception>
    public static Plan Of(Stage stage) => stage.Scenario.Id switch
    {
        "burst-exfiltration" => Exfiltration.Burst(stage),
        "slow-exfiltration" => Exfiltration.Slow(stage),
        "attested-exfiltration" => AttestedExfiltration.Plan(stage),
        "key-guessing" => KeyGuessing.Plan(stage),
        "key-tampering" => Sabotage.KeyTampering(stage),
        "trail-blinding" => Sabotage.TrailBlinding(stage),
        "grant-backdoor" => Sabotage.GrantBackdoor(stage),
        "dry-run-probing" => Sabotage.DryRunProbing(stage),
        "ransom" => Ransom.Plan(stage),
        var other => throw new SimulatorException($"{other} is no attack."),
    };
}
