using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Checks the proof of each cryptographic call on a protected key.</summary>
internal sealed class AttestationFacts(AttestationVerifiers verifiers) : IKnowledge
{
    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Set: not null } || !CryptographicOperations.Contains(observation.Record.EventName) || verifiers.Current is not { } verifier)
            return;

        var attestation = verifier.Verify(observation.Record);
        observation.Attestation = attestation.Verdict;
        observation.Proof = attestation.Proof;
    }
}
