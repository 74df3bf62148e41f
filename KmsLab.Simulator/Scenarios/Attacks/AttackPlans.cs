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
        "ransom-bucket-keys" => Ransom.ThroughBucketKeys(stage),
        "replica-abuse" => Takeover.ReplicaAbuse(stage),
        "execution-role-hijack" => Takeover.ExecutionRole(stage),
        "sentinel-redeployed" => Takeover.Sentinel(stage),
        "lockout" => Sabotage.Lockout(stage),
        "policy-decoys" => Sabotage.PolicyDecoys(stage),
        "acknowledged-then-worse" => Sabotage.AcknowledgedThenWorse(stage),
        "forged-records" => Takeover.ForgedRecords(stage),
        var other => throw new SimulatorException($"{other} is no attack."),
    };
}
