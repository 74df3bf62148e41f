using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>The verifier for the configured public keys; it waits for key files that are yet to come, where the configuration says so.</summary>
internal sealed class AttestationVerifiers(AttestationOptions options) : IDisposable
{
    private AttestationVerifier? _verifier;

    /// <summary>The verifier; null where no key is configured, or a key file is awaited that is not there yet.</summary>
    public AttestationVerifier? Current => _verifier ??= options.AwaitsFile ? null : options.CreateVerifier();

    public void Dispose() => _verifier?.Dispose();
}
