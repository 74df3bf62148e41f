using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Checks the proof of each cryptographic call on a protected key.</summary>
internal sealed class AttestationFacts(AttestationVerifiers verifiers, Counters counters) : ITurnPart
{
    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Set: not null } || !CryptographicOperations.Contains(observation.Record.EventName) || verifiers.Current is not { } verifier)
            return;

        var attestation = verifier.Verify(observation.Record);
        observation.Attestation = attestation.Verdict;
        observation.Proof = attestation.Proof;
    }

    /// <summary>Counts what the proof said, once everybody has looked: a later part may have found that it was used before.</summary>
    public void Judge(Observation observation, TurnMoment moment)
    {
        if (observation.Attestation is { } verdict)
            counters.Add(verdict);
    }
}
