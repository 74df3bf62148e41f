using System.Security.Cryptography;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>A checksum of S3's five kinds, in the making.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html</remarks>
internal sealed class Checksum : IDisposable
{
    /// <summary>What S3 computes for objects whose writer names none.</summary>
    public const string Default = "CRC64NVME";

    public const string FullObject = "FULL_OBJECT";
    public const string Composite = "COMPOSITE";

    private static readonly string[] Algorithms = ["CRC64NVME", "CRC32", "CRC32C", "SHA1", "SHA256"];

    private readonly Crc? _crc;
    private readonly IncrementalHash? _hash;
    private ulong _value;

    public Checksum(string algorithm)
    {
        Algorithm = algorithm;
        _crc = algorithm switch { "CRC32" => Crc.Crc32, "CRC32C" => Crc.Crc32C, "CRC64NVME" => Crc.Crc64Nvme, _ => null };
#pragma warning disable CA5350 // SHA-1 is one of S3's five; it proves nothing here.
        _hash = algorithm switch { "SHA1" => IncrementalHash.CreateHash(HashAlgorithmName.SHA1), "SHA256" => IncrementalHash.CreateHash(HashAlgorithmName.SHA256), _ => null };
#pragma warning restore CA5350
        _value = _crc?.Start ?? 0;
    }

    public string Algorithm { get; }

    /// <summary>The header, and the name of the XML element, of an algorithm.</summary>
    public static string Header(string algorithm) => $"x-amz-checksum-{algorithm.ToLowerInvariant()}";

    public static string Element(string algorithm) => $"Checksum{algorithm}";

    /// <summary>An algorithm's name as S3 writes it; null when it has none of the name.</summary>
    public static string? Known(string? name) => Array.Find(Algorithms, algorithm => algorithm.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The algorithm and value that the request's headers give; value null: it comes in a trailer, or not at all.</summary>
    /// <exception cref="AwsException">InvalidRequest: more than one, or an unknown one.</exception>
    public static (string? Algorithm, string? Value) Asked(S3Call call)
    {
        var given = Algorithms.Where(algorithm => call.Header(Header(algorithm)) is not null).ToList();
        if (given.Count > 1)
            throw S3Error.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        if (given.Count == 1)
            return IsValue(given[0], call.Header(Header(given[0]))!) ? (given[0], call.Header(Header(given[0]))) : throw Invalid(given[0]);
        if (call.Header("x-amz-trailer") is { } trailer && trailer.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase))
            return (Known(trailer["x-amz-checksum-".Length..].Trim()) ?? throw S3Error.InvalidRequest("The value specified in the x-amz-trailer header is not supported"), null);
        var named = call.Header("x-amz-sdk-checksum-algorithm") ?? call.Header("x-amz-checksum-algorithm");
        if (named is null)
            return (null, null);
        return (Known(named) ?? throw S3Error.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"), null);
    }

    /// <summary>Whether a text is a value of an algorithm: base64 of the right length.</summary>
    public static bool IsValue(string algorithm, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return text.Length <= 64 && Convert.TryFromBase64String(text, bytes, out var length)
            && length == algorithm switch { "CRC64NVME" => 8, "SHA1" => 20, "SHA256" => 32, _ => 4 };
    }

    public static AwsException Invalid(string algorithm) => S3Error.InvalidRequest($"Value for {Header(algorithm)} header is invalid.");

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_crc is not null)
            _value = _crc.Append(_value, bytes);
        else
            _hash!.AppendData(bytes);
    }

    /// <summary>The value in base64.</summary>
    public string Finish() => Convert.ToBase64String(_crc is not null ? _crc.Finish(_value) : _hash!.GetHashAndReset());

    /// <summary>The checksum of the parts' checksums, with the number of parts behind it.</summary>
    public static string OfParts(string algorithm, IReadOnlyList<string> parts)
    {
        using var checksum = new Checksum(algorithm);
        foreach (var part in parts)
            checksum.Append(Convert.FromBase64String(part));
        return $"{checksum.Finish()}-{parts.Count}";
    }

    public void Dispose() => _hash?.Dispose();
}
