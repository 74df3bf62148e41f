using KmsLab.Sentinel.Detection;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Checks the proof of each cryptographic call on a protected key.</summary>
internal sealed class AttestationFacts(AttestationVerifiers verifiers) : IKnowledge
{
    /// <summary>Operations that use a key's material; the others manage it, and are watched by other detections.</summary>
    private static readonly HashSet<string> CryptographicOperations = new(StringComparer.Ordinal)
    {
        "Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt", "Sign", "Verify", "VerifyMac",
    };

    public static bool IsCryptographic(string operation) => CryptographicOperations.Contains(operation);

    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Set: not null } || !IsCryptographic(observation.Record.EventName) || verifiers.Current is not { } verifier)
            return;

        var attestation = verifier.Verify(observation.Record);
        observation.Attestation = attestation.Verdict;
        observation.Proof = attestation.Proof;
    }
}
