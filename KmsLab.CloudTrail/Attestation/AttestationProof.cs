using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>
/// The proof that a call carries in its User-Agent: <c>kmslab/1.{key id}.{unix seconds}.{nonce}.{client tag}.{signature}</c>, of the characters
/// <c>[A-Za-z0-9._/-]</c> and at most <see cref="MaxLength"/> of them.
/// </summary>
/// <param name="KeyId">Which key signed: 1 to 16 characters of <c>[A-Za-z0-9_-]</c>.</param>
/// <param name="Seconds">When, in seconds since 1970.</param>
/// <param name="Nonce">128 random bits in base64url: 22 characters. One call, one nonce; the SDK's retries of a call share it.</param>
/// <param name="ClientTag">A keyed hash of who called the application: 16 characters of base64url. It tells clients apart without naming them.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256, r ‖ s.</param>
public sealed record AttestationProof(string KeyId, long Seconds, string Nonce, string ClientTag, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The most characters a proof has.</summary>
    public const int MaxLength = 200;

    /// <summary>How a proof begins, version included.</summary>
    public const string Marker = "kmslab/1.";

    internal const int MaxKeyId = 16;
    internal const int NonceLength = 22;
    internal const int ClientTagLength = 16;
    internal const int SignatureSize = 64;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");
    private static readonly SearchValues<char> Base64UrlCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>When it was signed.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(Seconds);

    /// <summary>A new call's nonce.</summary>
    public static string NewNonce()
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        return Base64Url.EncodeToString(nonce);
    }

    /// <summary>Finds the well-formed proofs in a User-Agent, wherever the SDK put them.</summary>
    public static IReadOnlyList<AttestationProof> FindAll(string userAgent)
    {
        List<AttestationProof> found = [];
        for (var at = 0; (at = userAgent.IndexOf(Marker, at, StringComparison.Ordinal)) >= 0; at += Marker.Length)
        {
            var rest = userAgent.AsSpan(at + Marker.Length);
            var end = rest.IndexOfAnyExcept(Characters);
            if (Parse(end < 0 ? rest : rest[..end]) is { } proof)
                found.Add(proof);
        }

        return found;
    }

    /// <summary>Whether the text has the form of a key id.</summary>
    public static bool IsKeyId(string keyId) => keyId.Length is > 0 and <= MaxKeyId && !keyId.AsSpan().ContainsAnyExcept(Base64UrlCharacters);

    /// <summary>The proof as it stands in a User-Agent.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Marker}{KeyId}.{Seconds}.{Nonce}.{ClientTag}.{Base64Url.EncodeToString(Signature.Span)}");

    private static AttestationProof? Parse(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[6];
        if (text.Length > MaxLength - Marker.Length || text.Split(parts, '.') != 5)
            return null;

        var keyId = text[parts[0]];
        var nonce = text[parts[2]];
        var tag = text[parts[3]];
        var wellFormed = keyId.Length is > 0 and <= MaxKeyId && nonce.Length == NonceLength && tag.Length == ClientTagLength
            && !keyId.ContainsAnyExcept(Base64UrlCharacters) && !nonce.ContainsAnyExcept(Base64UrlCharacters) && !tag.ContainsAnyExcept(Base64UrlCharacters);
        return wellFormed && ReadSeconds(text[parts[1]]) is { } seconds && ReadSignature(text[parts[4]]) is { } signature
            ? new(keyId.ToString(), seconds, nonce.ToString(), tag.ToString(), signature)
            : null;
    }

    // Eleven digits reach the year 5138; twelve would overflow DateTimeOffset.
    private static long? ReadSeconds(ReadOnlySpan<char> text) =>
        text.Length <= 11 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && text.SequenceEqual(seconds.ToString(CultureInfo.InvariantCulture)) ? seconds : null;

    private static byte[]? ReadSignature(ReadOnlySpan<char> text)
    {
        var signature = new byte[SignatureSize];
        return text.Length == 86 && !text.ContainsAnyExcept(Base64UrlCharacters) && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, signature, out var written) && written == SignatureSize ? signature : null;
    }
}
