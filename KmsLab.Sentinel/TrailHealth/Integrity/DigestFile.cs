using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace KmsLab.Sentinel.TrailHealth.Integrity;

/// <summary>A file of records, as a digest lists it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hash">SHA-256 of its unpacked content, in hexadecimal.</param>
internal sealed record ListedFile(string Bucket, string Key, string Hash)
{
    public string Place => $"s3://{Bucket}/{Key}";
}

/// <summary>The digest before a digest.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hash">SHA-256 of its unpacked content, in hexadecimal.</param>
/// <param name="Signature">Its signature, in hexadecimal.</param>
internal sealed record PreviousDigest(string Bucket, string Key, string Hash, string Signature);

/// <summary>A digest file: which files of records CloudTrail delivered in about an hour, with their hashes.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html</remarks>
/// <param name="Bucket">The bucket that it says it was delivered to.</param>
/// <param name="Key">The key that it says it was delivered under.</param>
/// <param name="Account">The account, 12 digits.</param>
/// <param name="Start">The beginning of its time.</param>
/// <param name="End">The end of its time, as it stands there.</param>
/// <param name="Fingerprint">Names the key that it is signed with.</param>
/// <param name="Files">What was delivered.</param>
/// <param name="Previous">The one before it; null where a chain begins.</param>
internal sealed record DigestFile(
    string Bucket, string Key, string Account, DateTimeOffset Start, string End, string Fingerprint, IReadOnlyList<ListedFile> Files, PreviousDigest? Previous)
{
    /// <summary>
    /// The most that a digest unpacks to, bytes: some 100,000 files. Whoever may write to the bucket may put anything there.
    /// </summary>
    private const int Largest = 64 * 1024 * 1024;

    /// <summary>Reads a digest's unpacked content.</summary>
    /// <exception cref="JsonException">It is no digest.</exception>
    public static DigestFile Read(ReadOnlyMemory<byte> utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("It is no JSON object.");
        if (!root.TryGetProperty("logFiles", out var files) || files.ValueKind != JsonValueKind.Array)
            throw new JsonException("It has no 'logFiles'.");
        if (!DateTimeOffset.TryParse(Text(root, "digestStartTime"), CultureInfo.InvariantCulture, out var start))
            throw new JsonException("Its 'digestStartTime' is no time.");

        return new(
            Text(root, "digestS3Bucket"),
            Text(root, "digestS3Object"),
            Text(root, "awsAccountId"),
            start,
            Text(root, "digestEndTime"),
            Text(root, "digestPublicKeyFingerprint"),
            [.. files.EnumerateArray().Select(file => new ListedFile(Text(file, "s3Bucket"), Text(file, "s3Object"), Text(file, "hashValue")))],
            PreviousOf(root));
    }

    private static PreviousDigest? PreviousOf(JsonElement root) =>
        root.TryGetProperty("previousDigestS3Object", out var previous) && previous.ValueKind == JsonValueKind.String
            ? new(
                Text(root, "previousDigestS3Bucket"),
                previous.GetString()!,
                Text(root, "previousDigestHashValue"),
                Text(root, "previousDigestSignature"))
            : null;

    /// <summary>Unpacks an object; one that is not packed stays as it is.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or far larger than a digest is.</exception>
    public static byte[] Unpack(byte[] content)
    {
        if (content is not [0x1F, 0x8B, ..])
            return content;

        using var packed = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        var piece = new byte[64 * 1024];
        for (int read; (read = packed.Read(piece)) > 0;)
        {
            unpacked.Write(piece, 0, read);
            if (unpacked.Length > Largest)
                throw new InvalidDataException($"It unpacks to more than {Largest} bytes.");
        }

        return unpacked.ToArray();
    }

    /// <summary>SHA-256 of an object's unpacked content, in hexadecimal; null if it is damaged.</summary>
    public static async Task<string?> HashAsync(byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream file = new MemoryStream(content);
            await using var unpacked = content is [0x1F, 0x8B, ..] ? new GZipStream(file, CompressionMode.Decompress) : file;
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(unpacked, cancellationToken));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw new JsonException($"It has no '{name}'.");
}
