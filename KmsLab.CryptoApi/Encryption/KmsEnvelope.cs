using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.CryptoApi.Attestation;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Dependencies;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// Wraps and unwraps data keys with KMS: one Encrypt for each write, one Decrypt for each read, nothing kept in between
/// (docs/adr/0001-no-data-key-cache.md). Each call carries a proof that this service made it, on behalf of the client of its <c>call</c>, the
/// audit's entry, which learns how it ended.
/// </summary>
internal sealed class KmsEnvelope(IAmazonKeyManagementService kms, CallAttestor attestor, KmsCalls calls)
{
    /// <summary>Encrypts a data key under the key <paramref name="keyArn"/>.</summary>
    public async Task<WrappedKey> WrapAsync(string keyArn, byte[] dataKey, Dictionary<string, string> context, AuditedCall call, CancellationToken cancellationToken)
    {
        using var plaintext = new MemoryStream(dataKey, writable: false);
        var request = new EncryptRequest { KeyId = keyArn, Plaintext = plaintext, EncryptionContext = context };
        call.Uses(keyArn);
        attestor.Attest(request, keyArn, context, call);
        var answer = await calls.CallAsync(call.Operation, token => call.MakeAsync(() => kms.EncryptAsync(request, token)), cancellationToken);
        return new(keyArn, answer.CiphertextBlob.ToArray());
    }

    /// <summary>Decrypts a data key. The caller zeroes it.</summary>
    /// <returns>The data key, or null when KMS refused: the context, and so the name or the token, is not the one it was wrapped under.</returns>
    /// <exception cref="DamagedRecordException">The ciphertext was made under another key than the record says, or holds something else.</exception>
    public async Task<byte[]?> UnwrapAsync(WrappedKey wrapped, Dictionary<string, string> context, AuditedCall call, CancellationToken cancellationToken)
    {
        using var ciphertext = new MemoryStream(wrapped.Ciphertext, writable: false);
        // KeyId: the ARN stored with the record. Without it KMS would use whatever key the ciphertext names, an attacker's included.
        var request = new DecryptRequest { KeyId = wrapped.KeyArn, CiphertextBlob = ciphertext, EncryptionContext = context };
        call.Uses(wrapped.KeyArn);
        attestor.Attest(request, wrapped.KeyArn, context, call);
        try
        {
            var answer = await calls.CallAsync(call.Operation, token => call.MakeAsync(() => kms.DecryptAsync(request, token)), cancellationToken);
            return Take(answer.Plaintext);
        }
        catch (InvalidCiphertextException)
        {
            return null;
        }
        catch (IncorrectKeyException otherKey)
        {
            throw new DamagedRecordException("its data key was wrapped under another KMS key", otherKey);
        }
    }

    /// <summary>Has KMS decrypt a data key and encrypt it under the key <paramref name="keyArn"/>, without ever showing it here.</summary>
    /// <returns>The re-wrapped key, or null when KMS refused, as <see cref="UnwrapAsync"/>.</returns>
    /// <exception cref="DamagedRecordException">The ciphertext was made under another key than the record says.</exception>
    public async Task<WrappedKey?> RewrapAsync(WrappedKey wrapped, string keyArn, Dictionary<string, string> context, AuditedCall call, CancellationToken cancellationToken)
    {
        using var ciphertext = new MemoryStream(wrapped.Ciphertext, writable: false);
        var request = new ReEncryptRequest
        {
            SourceKeyId = wrapped.KeyArn,
            CiphertextBlob = ciphertext,
            SourceEncryptionContext = context,
            DestinationKeyId = keyArn,
            DestinationEncryptionContext = context,
        };
        var both = new EncryptionContext(context);
        call.Uses(wrapped.KeyArn, keyArn);
        attestor.Attest(request, new AttestedCall(call.Operation, [wrapped.KeyArn, keyArn], both, both), call);
        try
        {
            var answer = await calls.CallAsync(call.Operation, token => call.MakeAsync(() => kms.ReEncryptAsync(request, token)), cancellationToken);
            return new(keyArn, answer.CiphertextBlob.ToArray());
        }
        catch (InvalidCiphertextException)
        {
            return null;
        }
        catch (IncorrectKeyException otherKey)
        {
            throw new DamagedRecordException("its data key was wrapped under another KMS key", otherKey);
        }
    }

    private static byte[] Take(MemoryStream plaintext)
    {
        using (plaintext)
        {
            var dataKey = plaintext.ToArray();
            if (plaintext.TryGetBuffer(out var buffer))
                CryptographicOperations.ZeroMemory(buffer);
            return dataKey.Length == RecordCipher.DataKeySize ? dataKey : throw new DamagedRecordException("its data key has the wrong length");
        }
    }
}
