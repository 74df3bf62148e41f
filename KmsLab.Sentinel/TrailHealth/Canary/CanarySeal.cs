using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Signs canary calls with a key of Sentinel's own. The application's private key must never be here: whoever took Sentinel could attest its calls.</summary>
internal sealed class CanarySeal : IDisposable
{
    private readonly AttestationSigner? _signer;

    public CanarySeal(CanaryOptions canary, TimeProvider time)
    {
        if (canary.IsOn && PrivateKeyOf(canary) is { } pem)
            _signer = new(canary.SigningKeyId, pem, time);
    }

    /// <summary>Attests a call.</summary>
    public void Attest(AmazonWebServiceRequest request, AttestedCall call, string nonce)
    {
        if (_signer is not null)
            ((IAmazonWebServiceRequest)request).UserAgentDetails.AddUserAgentComponent(_signer.Sign(call, "canary", nonce).ToString());
    }

    /// <summary>What checks the canary's proofs; null where it makes none.</summary>
    public static AttestationVerifier? VerifierOf(CanaryOptions options) =>
        options.IsOn && PrivateKeyOf(options) is { } pem ? new([new(options.SigningKeyId, AttestationKeys.PublicPemOf(pem))]) : null;

    /// <summary>What is wrong with the signing key.</summary>
    public static IEnumerable<string> ProblemsOf(CanaryOptions options)
    {
        if (!AttestationProof.IsKeyId(options.SigningKeyId))
            yield return "Sentinel:Canary:SigningKeyId must have 1 to 16 characters of A-Z, a-z, 0-9, _ and -";

        string? problem = null;
        try
        {
            VerifierOf(options)?.Dispose();
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"Sentinel:Canary: the signing key can't be used. {unusable.Message}";
        }

        if (problem is not null)
            yield return problem;
    }

    public void Dispose() => _signer?.Dispose();

    private static string? PrivateKeyOf(CanaryOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.SigningKey))
            return options.SigningKey;
        if (string.IsNullOrWhiteSpace(options.SigningKeyFile))
            return null;

        try
        {
            return options.CreateSigningKeyFile && !File.Exists(options.SigningKeyFile) ? Create(options.SigningKeyFile) : File.ReadAllText(options.SigningKeyFile);
        }
        // Another instance was first.
        catch (IOException) when (File.Exists(options.SigningKeyFile))
        {
            return File.ReadAllText(options.SigningKeyFile);
        }
    }

    private static string Create(string path)
    {
        var (privatePem, _) = AttestationKeys.Create();
        var owned = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var writer = new StreamWriter(path, owned);
        writer.Write(privatePem);
        return privatePem;
    }
}
