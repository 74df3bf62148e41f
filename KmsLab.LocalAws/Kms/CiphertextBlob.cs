using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.LocalAws.Kms;

/// <summary>The ciphertext that KMS gives out: AES-256-GCM, carrying its key and bound to its encryption context.</summary>
/// <remarks>
/// <c>version (1) | key kind (1) | key id (16) | material id (16) | nonce (12) | ciphertext | tag (16)</c>.
/// Associated data: everything before the nonce, then the context's pairs in ordinal order of their names, each string preceded by its length in four bytes.
/// </remarks>
internal static class CiphertextBlob
{
    public const int MaterialIdLength = 16;

    private const byte Version = 1;
    private const byte SingleRegion = 0;
    private const byte MultiRegion = 1;
    private const int KeyIdLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 2 + KeyIdLength + MaterialIdLength;
    private const string MultiRegionPrefix = "mrk-";

    /// <summary>Encrypts under the key's current material.</summary>
    public static byte[] Seal(KmsKey key, ReadOnlySpan<byte> plaintext, Dictionary<string, string>? context)
    {
        var blob = new byte[HeaderLength + NonceLength + plaintext.Length + TagLength];
        var header = blob.AsSpan(0, HeaderLength);
        WriteHeader(header, key);
        var nonce = blob.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);

        using var cipher = new AesGcm(key.Current.Bytes, TagLength);
        var sealedText = blob.AsSpan(HeaderLength + NonceLength, plaintext.Length);
        cipher.Encrypt(nonce, plaintext, sealedText, blob.AsSpan(blob.Length - TagLength), AssociatedData(header, context));
        return blob;
    }

    /// <summary>Reads which key a blob names; null when it is none of ours.</summary>
    public static string? KeyId(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < HeaderLength + NonceLength + TagLength || blob[0] != Version || blob[1] > MultiRegion)
            return null;

        var id = new Guid(blob.Slice(2, KeyIdLength), bigEndian: true);
        return blob[1] == MultiRegion ? MultiRegionPrefix + id.ToString("N") : id.ToString();
    }

    /// <summary>Decrypts with the material that the blob names.</summary>
    /// <returns>The plaintext and its material; null when the blob was changed, or the context is another.</returns>
    public static (byte[] Plaintext, KeyMaterial Material)? Open(KmsKey key, ReadOnlySpan<byte> blob, Dictionary<string, string>? context)
    {
        if (key.Material(blob.Slice(2 + KeyIdLength, MaterialIdLength)) is not { } material)
            return null;

        var header = blob[..HeaderLength];
        var plaintext = new byte[blob.Length - HeaderLength - NonceLength - TagLength];
        using var cipher = new AesGcm(material.Bytes, TagLength);
        try
        {
            cipher.Decrypt(
                blob.Slice(HeaderLength, NonceLength), blob.Slice(HeaderLength + NonceLength, plaintext.Length), blob[^TagLength..], plaintext, AssociatedData(header, context));
            return (plaintext, material);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static void WriteHeader(Span<byte> header, KmsKey key)
    {
        header[0] = Version;
        header[1] = key.IsMultiRegion ? MultiRegion : SingleRegion;
        var id = key.IsMultiRegion ? Guid.ParseExact(key.Id.AsSpan(MultiRegionPrefix.Length), "N") : Guid.ParseExact(key.Id, "D");
        id.TryWriteBytes(header[2..], bigEndian: true, out _);
        key.Current.IdPrefix.CopyTo(header[(2 + KeyIdLength)..]);
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> header, Dictionary<string, string>? context)
    {
        if (context is null or { Count: 0 })
            return header;

        var names = context.Keys.ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        var length = header.Length;
        foreach (var name in names)
            length += 8 + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(context[name]);

        var data = new byte[length];
        header.CopyTo(data);
        var rest = data.AsSpan(header.Length);
        foreach (var name in names)
        {
            rest = WriteText(rest, name);
            rest = WriteText(rest, context[name]);
        }

        return data;
    }

    private static Span<byte> WriteText(Span<byte> target, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, target[4..]);
        BinaryPrimitives.WriteInt32BigEndian(target, length);
        return target[(4 + length)..];
    }
}
