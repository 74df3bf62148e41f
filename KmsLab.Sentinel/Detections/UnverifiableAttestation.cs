using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Many calls carry a proof that can't be checked, because their records lack what it is about.</summary>
internal static class UnverifiableAttestation
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "unverifiable-attestation",
        Title = "Many calls carry a proof that can't be checked",
        Severity = Severity.Medium,
        Technique = "T1036",
        About = "Records of denied calls may lack key and context, and then nobody can tell whether their proof holds. One of them says nothing; many are an application that lost "
            + "its rights, or somebody who hides behind proofs that can't be checked. /api/status counts all of them.",
        Why = "{observed} calls of {principal} on keys of {set} within {window} carried a proof that can't be checked, last {operation} with {error} from {address}.",
        Tuning = "The threshold should be above what an application that was denied something by mistake repeats in ten minutes.",
        Runbook =
        [
            "Did the application lose rights, by a policy or a grant? Then it is denied everywhere.",
            "aws kms get-key-policy --key-id {key} --policy-name default --output text",
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 20, Window: TimeSpan.FromMinutes(10)),
        Select = Select,
    };

    private static Selection? Select(Observation observation) => observation is { Attestation: AttestationVerdict.Unverifiable, Set: { } set }
        ? new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]))
        : null;
}
