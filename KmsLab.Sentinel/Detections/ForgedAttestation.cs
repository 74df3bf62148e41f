using System.Globalization;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A call carries a proof that the application did not make for it, or not then.</summary>
internal static class ForgedAttestation
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "forged-attestation",
        Title = "A call carries a proof that is wrong or stale",
        Severity = Severity.Critical,
        Technique = "T1036",
        About = "Somebody knows of the proofs and tries to make or reuse one: the signature fits no known key, or not this operation, key and context, or it is more than two minutes "
            + "away from the record's own time. The application never makes such a proof, unless its clock is wrong or its key unknown here.",
        Why = "{principal} called {operation} on a key of {set} from {address} with a proof that does not hold, {observed} times: {detail}.",
        Tuning = "If the application's signing key was rotated, give Sentinel:Attestation the new public key before the application signs with it. If its clock drifts, mend the clock.",
        Runbook =
        [
            "Was the signing key rotated, or is the application's clock wrong? Then all of its calls look like this, from its own addresses.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(10)),
        Select = Select,
    };

    private static Selection? Select(Observation observation) =>
        observation is { Attestation: AttestationVerdict.Forged or AttestationVerdict.Stale, Set: { } set }
            ? new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]), Detail: Describe(observation))
            : null;

    private static string Describe(Observation observation) => observation is { Attestation: AttestationVerdict.Stale, Proof: { } proof }
        ? string.Create(CultureInfo.InvariantCulture, $"it was signed {Math.Abs((observation.Record.EventTime - proof.Time).TotalSeconds):0} s away from the call")
        : observation.Proof is { } unsigned ? $"no known key signed it for this call (it names the key {unsigned.KeyId})" : "it is malformed";
}
