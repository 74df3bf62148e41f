using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.CryptoApi.Audit;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Attestation;

/// <summary>
/// Puts a proof into the User-Agent of a KMS call, which CloudTrail records: whoever reads the trail can tell this service's calls from those made with
/// its credentials elsewhere (docs/attestation.md).
/// </summary>
internal sealed class CallAttestor : IDisposable
{
    private readonly AttestationSigner? _signer;

    public CallAttestor(IOptions<CryptoApiOptions> options, TimeProvider time)
    {
        var attestation = options.Value.Attestation;
        if (AttestationKeyFile.Read(attestation) is not { } pem)
            return;

        try
        {
            _signer = new(attestation.KeyId, pem, time);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidOperationException($"CryptoApi:Attestation is wrong: {wrong.Message}", wrong);
        }
    }

    /// <summary>Attests one call.</summary>
    /// <param name="request">The request that is about to be sent.</param>
    /// <param name="call">What it asks for.</param>
    /// <param name="entry">Its entry in the audit: whose nonce the proof carries, and on whose behalf.</param>
    public void Attest(AmazonWebServiceRequest request, AttestedCall call, AuditedCall entry)
    {
        if (_signer is not null)
            ((IAmazonWebServiceRequest)request).UserAgentDetails.AddUserAgentComponent(_signer.Sign(call, entry.Client, entry.Nonce).ToString());
    }

    /// <summary>Attests a call that uses one key under one context.</summary>
    public void Attest(AmazonWebServiceRequest request, string keyArn, Dictionary<string, string> context, AuditedCall entry) =>
        Attest(request, new AttestedCall(entry.Operation, [keyArn], new EncryptionContext(context)), entry);

    /// <summary>What stands for a client in proofs; null where calls are not attested.</summary>
    public string? ClientTag(string client) => _signer?.ClientTag(client);

    public void Dispose() => _signer?.Dispose();
}
