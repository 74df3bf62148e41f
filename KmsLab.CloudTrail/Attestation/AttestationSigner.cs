using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>Signs calls on behalf of the application that holds the private key. Safe to share between threads.</summary>
/// <remarks>
/// The client tag's key is derived from the private key, so that nothing else has to be kept: tags are stable for one key, and change when it is
/// rotated.
/// </remarks>
public sealed class AttestationSigner : IDisposable
{
    private readonly Lock _signing = new();
    private readonly ECDsa _key;
    private readonly string _keyId;
    private readonly byte[] _tagKey;
    private readonly TimeProvider _time;

    /// <summary>Takes over the private key.</summary>
    /// <param name="keyId">The key's id, as verifiers know it.</param>
    /// <param name="privateKeyPem">An ECDSA P-256 private key in PEM (PKCS#8 or SEC 1).</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The id or the key is not what it should be.</exception>
    public AttestationSigner(string keyId, string privateKeyPem, TimeProvider time)
    {
        _keyId = AttestationProof.IsKeyId(keyId) ? keyId : throw new ArgumentException("An attestation key id has 1 to 16 characters of A-Z, a-z, 0-9, _ and -.", nameof(keyId));
        _key = AttestationKeys.ImportP256(privateKeyPem);
        _tagKey = TagKey(_key);
        _time = time;
    }

    /// <summary>Makes the proof for one call.</summary>
    /// <param name="call">The call that is about to be made.</param>
    /// <param name="client">Who asked the application for it, such as an API key's id or an address.</param>
    /// <param name="nonce">A nonce of <see cref="AttestationProof.NewNonce"/> that no other call has, where the caller needs to know it before; null for a new one.</param>
    public AttestationProof Sign(AttestedCall call, string client, string? nonce = null)
    {
        var unsigned = new AttestationProof(_keyId, _time.GetUtcNow().ToUnixTimeSeconds(), nonce ?? AttestationProof.NewNonce(), ClientTag(client), default);
        var bytes = call.ToSignedBytes(unsigned);
        lock (_signing)
        {
            return unsigned with { Signature = _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) };
        }
    }

    /// <summary>The tag that stands for <paramref name="client"/> in proofs.</summary>
    public string ClientTag(string client)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_tagKey, Encoding.UTF8.GetBytes(client), hash);
        return Base64Url.EncodeToString(hash[..12]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_tagKey);
        _key.Dispose();
    }

    private static byte[] TagKey(ECDsa key)
    {
        var secret = key.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.ASCII.GetBytes("kmslab/client-tag/v1"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
