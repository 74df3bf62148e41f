using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
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
    /// <param name="client">Who asked this service for it.</param>
    public void Attest(AmazonWebServiceRequest request, AttestedCall call, string client)
    {
        if (_signer is not null)
            ((IAmazonWebServiceRequest)request).UserAgentDetails.AddUserAgentComponent(_signer.Sign(call, client).ToString());
    }

    /// <summary>Attests a call that uses one key under one context.</summary>
    public void Attest(AmazonWebServiceRequest request, string operation, string keyArn, Dictionary<string, string> context, string client) =>
        Attest(request, new AttestedCall(operation, [keyArn], new EncryptionContext(context)), client);

    public void Dispose() => _signer?.Dispose();
}
