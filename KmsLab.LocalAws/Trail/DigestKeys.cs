using System.Security.Cryptography;
using System.Text.Json.Serialization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>The keys that sign digest files: one for each account and home Region, made when it is first needed.</summary>
internal sealed class DigestKeys(StateStore store)
{
    private static readonly Documents<DigestKey> Stored = new("trail.digest-key", DigestKeyJson.Default.DigestKey);

    private readonly Lock _lock = new();
    private readonly Dictionary<RegionScope, DigestKey> _keys = store.Read(Stored.Load).ToDictionary(key => key.Scope, key => key.Document);

    /// <summary>The key that signs now.</summary>
    public async Task<DigestKey> SignerAsync(RegionScope scope, DateTimeOffset now)
    {
        DigestKey? key;
        Task written;
        lock (_lock)
        {
            if (_keys.TryGetValue(scope, out key))
                return key;
            key = _keys[scope] = DigestKey.Create(now);
            written = store.Enqueue(session => Stored.Put(session, scope, key.Fingerprint, key));
        }

        await written;
        return key;
    }

    /// <summary>The keys of an account and Region that were valid at some time between two.</summary>
    public List<DigestKey> Find(RegionScope scope, DateTimeOffset start, DateTimeOffset end)
    {
        lock (_lock)
        {
            return _keys.TryGetValue(scope, out var key) && key.ValidFrom <= end && key.ValidUntil >= start ? [key] : [];
        }
    }
}

/// <summary>A key that signs digest files.</summary>
/// <param name="Fingerprint">The public key's, in hex.</param>
/// <param name="PublicKey">PKCS #1, DER.</param>
/// <param name="PrivateKey">PKCS #1, DER.</param>
/// <param name="ValidFrom">From when it is valid.</param>
/// <param name="ValidUntil">Until when it is valid.</param>
internal sealed record DigestKey(string Fingerprint, byte[] PublicKey, byte[] PrivateKey, DateTimeOffset ValidFrom, DateTimeOffset ValidUntil)
{
    private const int Bits = 2048;

    public static DigestKey Create(DateTimeOffset now)
    {
        using var rsa = RSA.Create(Bits);
        var publicKey = rsa.ExportRSAPublicKey();
#pragma warning disable CA5351 // AWS names its keys by MD5; nothing is proved by it.
        var fingerprint = Convert.ToHexStringLower(MD5.HashData(publicKey));
#pragma warning restore CA5351
        return new(fingerprint, publicKey, rsa.ExportRSAPrivateKey(), now.AddDays(-1), now.AddYears(10));
    }

    /// <summary>Signs as SHA256withRSA does.</summary>
    public byte[] Sign(byte[] text)
    {
        using var rsa = RSA.Create();
        rsa.ImportRSAPrivateKey(PrivateKey, out _);
        return rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}

[JsonSerializable(typeof(DigestKey))]
internal sealed partial class DigestKeyJson : JsonSerializerContext;
