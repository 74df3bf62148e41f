using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Checks the canary's proofs.</summary>
internal sealed class CanaryVerifier(CanaryOptions options) : IDisposable
{
    /// <summary>Null where the canary makes no proofs.</summary>
    public AttestationVerifier? Current { get; } = CanarySeal.VerifierOf(options);

    public void Dispose() => Current?.Dispose();
}
