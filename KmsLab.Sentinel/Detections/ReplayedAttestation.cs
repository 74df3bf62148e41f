using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A proof was used for a second call that is no SDK retry of the first: somebody copied it from the trail or from the wire.</summary>
internal static class ReplayedAttestation
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "replayed-attestation",
        Title = "A proof of the application was used again",
        Severity = Severity.Critical,
        Technique = "T1550",
        About = "A proof holds for one call. An SDK that retries repeats it: the same operation, context, credentials and address within 30 s, and no more often than it makes attempts. "
            + "Anything else with the same proof is a copy. Nobody can tell which use was the first, so all of them are evidence, also those that came before.",
        Why = "A proof of the application was used for more than one call on keys of {set}; {total} calls are concerned, last {operation} by {principal} from {address}.",
        Tuning = "If the application's SDK makes more than 3 attempts, say so in Sentinel:Attestation:Attempts.",
        Runbook =
        [
            "Compare the evidence: the use from the application's own addresses is probably the real one.",
            "Who can read the proofs? Everybody who can read the trail, and whatever sees the application's requests.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(10)),
        Select = Select,
    };

    /// <summary>All replays on one set's keys are one alarm: an attacker with many proofs must not raise as many.</summary>
    public static DetectionGroup GroupOf(string set) => new([new("set", set)]);

    private static Selection? Select(Observation observation) => observation is { Attestation: AttestationVerdict.Replayed, Set: { } set }
        ? new(GroupOf(set.Name), Detail: "its proof was used for another call too")
        : null;
}
