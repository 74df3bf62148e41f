using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KmsLab.CryptoApi.Encryption;

namespace KmsLab.CryptoApi.Idempotency;

/// <summary>A write with an <c>Idempotency-Key</c>: what the store may know of it, and the key that seals its answer. Disposing it zeroes that.</summary>
/// <remarks>
/// <para>The store has a hash of the key, a hash of the body under the key, and the answer, encrypted under key and body together:</para>
/// <list type="bullet">
/// <item>key hash = SHA-256(<c>kmslab/idem/key/v1</c> ‖ length of client in four bytes ‖ client ‖ key)</item>
/// <item>body digest = SHA-256 over each field, its length before it; never stored: short texts could be guessed from it</item>
/// <item>body hash = HMAC-SHA256(HKDF(key, salt = key hash, info = <c>kmslab/idem/body/v1</c>), body digest)</item>
/// <item>seal key = HKDF(key ‖ body digest, salt = key hash, info = <c>kmslab/idem/seal/v1</c>)</item>
/// </list>
/// <para>So neither the database nor a logged Idempotency-Key nor both give away a token: that takes the text too.</para>
/// </remarks>
internal sealed class IdempotentRequest : IDisposable
{
    /// <summary>Fewest characters of a key: one that can be guessed would protect nothing. A UUID has 36.</summary>
    public const int MinKey = 16;

    /// <summary>Most characters of a key.</summary>
    public const int MaxKey = 255;

    private const byte Version = 1;

    private readonly byte[] _sealKey;

    private IdempotentRequest(byte[] keyHash, byte[] bodyHash, byte[] sealKey) => (KeyHash, BodyHash, _sealKey) = (keyHash, bodyHash, sealKey);

    /// <summary>Which client's which key.</summary>
    public byte[] KeyHash { get; }

    /// <summary>Which body came with it.</summary>
    public byte[] BodyHash { get; }

    /// <summary>Describes a request.</summary>
    /// <param name="client">Whose key it is: two clients may use the same.</param>
    /// <param name="key">The header's value.</param>
    /// <param name="fields">The fields of the body, in a fixed order; null for one left out.</param>
    public static IdempotentRequest Create(string client, string key, params ReadOnlySpan<byte[]?> fields)
    {
        var secret = Encoding.UTF8.GetBytes(key);
        var digest = Digest(fields);
        byte[] both = [.. secret, .. digest];
        try
        {
            var keyHash = HashOf(client, secret);
            var bodyKey = Derive(secret, keyHash, "kmslab/idem/body/v1"u8);
            return new(keyHash, HMACSHA256.HashData(bodyKey, digest), Derive(both, keyHash, "kmslab/idem/seal/v1"u8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(both);
            CryptographicOperations.ZeroMemory(digest);
        }
    }

    /// <summary>Encrypts the answer: version ‖ nonce ‖ ciphertext ‖ tag.</summary>
    public byte[] Seal(AccessToken token)
    {
        var answer = new byte[1 + RecordCipher.NonceSize + AccessToken.Size + RecordCipher.TagSize];
        answer[0] = Version;
        var nonce = answer.AsSpan(1, RecordCipher.NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealKey, RecordCipher.TagSize);
        aes.Encrypt(nonce, token.Bytes, answer.AsSpan(1 + nonce.Length, AccessToken.Size), answer.AsSpan(^RecordCipher.TagSize..), KeyHash);
        return answer;
    }

    /// <summary>Decrypts what <see cref="Seal"/> made for the same client, key and body. The caller disposes the token.</summary>
    /// <exception cref="DamagedRecordException">It is something else.</exception>
    public AccessToken Open(byte[] answer)
    {
        if (answer.Length != 1 + RecordCipher.NonceSize + AccessToken.Size + RecordCipher.TagSize || answer[0] != Version)
            throw new DamagedRecordException("its kept answer has another form");

        var token = new byte[AccessToken.Size];
        try
        {
            using var aes = new AesGcm(_sealKey, RecordCipher.TagSize);
            var sealedToken = answer.AsSpan(1 + RecordCipher.NonceSize, AccessToken.Size);
            aes.Decrypt(answer.AsSpan(1, RecordCipher.NonceSize), sealedToken, answer.AsSpan(^RecordCipher.TagSize..), token, KeyHash);
            return AccessToken.FromBytes(token);
        }
        catch (AuthenticationTagMismatchException altered)
        {
            throw new DamagedRecordException("its kept answer was altered", altered);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_sealKey);

    private static byte[] HashOf(string client, byte[] key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("kmslab/idem/key/v1"u8);
        Append(hash, Encoding.UTF8.GetBytes(client));
        hash.AppendData(key);
        return hash.GetHashAndReset();
    }

    private static byte[] Digest(ReadOnlySpan<byte[]?> fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var field in fields)
            Append(hash, field);
        return hash.GetHashAndReset();
    }

    /// <summary>An absent field differs from an empty one.</summary>
    private static void Append(IncrementalHash hash, byte[]? field)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, field?.Length ?? -1);
        hash.AppendData(length);
        hash.AppendData(field ?? []);
    }

    private static byte[] Derive(byte[] secret, byte[] salt, ReadOnlySpan<byte> info)
    {
        var key = new byte[RecordCipher.DataKeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, info);
        return key;
    }
}
