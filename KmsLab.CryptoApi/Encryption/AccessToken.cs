using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// The <c>Key</c> that <c>/encrypt</c> returns and only the caller keeps: 256 random bits, written as 43 characters of base64url.
/// Without it a record can't be read, whatever else somebody has. Disposing it zeroes it.
/// </summary>
internal sealed class AccessToken : IDisposable
{
    /// <summary>Bytes of a token.</summary>
    public const int Size = 32;

    private const int TextSize = 43;

    private readonly byte[] _bytes;

    private AccessToken(byte[] bytes) => _bytes = bytes;

    /// <summary>The token itself: key material.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes a new one.</summary>
    public static AccessToken Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Takes over the <see cref="Size"/> bytes of a token that this service made.</summary>
    public static AccessToken FromBytes(byte[] bytes) =>
        bytes.Length == Size ? new(bytes) : throw new ArgumentException($"A token has {Size} bytes.", nameof(bytes));

    /// <summary>
    /// Reads what a caller sent as <c>Key</c>. What isn't a token's one spelling becomes some other token, which opens nothing:
    /// a mistyped Key takes the same way as a well-formed wrong one, down to the refusal by KMS.
    /// </summary>
    public static AccessToken Read(ReadOnlySpan<byte> utf8)
    {
        var bytes = new byte[Size];
        if (!TryDecode(utf8, bytes))
            HashForeign(utf8, bytes);
        return new(bytes);
    }

    /// <summary>The caller's spelling of it.</summary>
    public string ToText() => Base64Url.EncodeToString(_bytes);

    /// <summary>The caller's spelling of it, in bytes that can be zeroed.</summary>
    public byte[] ToUtf8() => Base64Url.EncodeToUtf8(_bytes);

    /// <summary>SHA-256 of the token: what the store keeps, to authorise replacing and deleting.</summary>
    public byte[] Hash() => SHA256.HashData(_bytes);

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>43 characters carry 258 bits: the two spare ones must be zero, or four spellings would name one token.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> utf8, Span<byte> bytes)
    {
        if (utf8.Length != TextSize || !Base64Url.IsValid(utf8) || !Base64Url.TryDecodeFromUtf8(utf8, bytes, out var written) || written != Size)
            return false;

        Span<byte> canonical = stackalloc byte[TextSize];
        var same = Base64Url.TryEncodeToUtf8(bytes, canonical, out _) && canonical.SequenceEqual(utf8);
        CryptographicOperations.ZeroMemory(canonical);
        return same;
    }

    private static void HashForeign(ReadOnlySpan<byte> utf8, Span<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes("kmslab/not-a-token/v1"));
        hash.AppendData(utf8);
        hash.GetHashAndReset(bytes);
    }
}
