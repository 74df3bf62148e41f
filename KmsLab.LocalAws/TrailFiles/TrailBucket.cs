using System.IO.Compression;
using System.Security.Cryptography;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Puts gzip files into the bucket of a trail, as CloudTrail does.</summary>
internal sealed class TrailBucket(ObjectStore objects)
{
    private static readonly Origin CloudTrail = new(Principal.UniqueId("AROA", "cloudtrail.amazonaws.com") + ":regionalDeliverySession", "cloudtrail.amazonaws.com", Guid.Empty.ToString());

    /// <summary>Puts a file.</summary>
    /// <param name="bucket">The trail's bucket.</param>
    /// <param name="trail">The trail.</param>
    /// <param name="key">The file's key.</param>
    /// <param name="content">What it holds, not compressed yet.</param>
    /// <param name="metadata">The object's metadata.</param>
    /// <param name="also">What is written in the same transaction.</param>
    public async Task PutAsync(Bucket bucket, LiveTrail trail, string key, ReadOnlyMemory<byte> content, Dictionary<string, string> metadata, Action<WriteSession> also)
    {
        var received = await objects.ReceiveAsync(Compressed(content));
        var (algorithm, keyId, bucketKey) = trail.Definition.KmsKeyId is { } kms ? ("aws:kms", kms, false) : bucket.Encryption;
        var meta = new ObjectMeta
        {
            ContentType = "application/json",
            ContentEncoding = "gzip",
            Encryption = algorithm,
            KmsKeyId = keyId,
            BucketKey = bucketKey,
            User = metadata,
            ChecksumAlgorithm = received.Algorithm,
            Checksum = received.Checksum,
            ChecksumType = Checksum.FullObject,
        };
        await objects.PutAsync(bucket, key, new(received.Segments, received.Size, received.Md5, meta, "ObjectCreated:Put", also), null, CloudTrail);
    }

    /// <summary>The SHA-256 of a file's content, as digests tell it.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The beginning of all keys of a trail that hold an account's records.</summary>
    public static string Prefix(LiveTrail trail, string account)
    {
        var prefix = trail.Definition.S3KeyPrefix is { Length: > 0 } own ? own.TrimEnd('/') + "/" : "";
        return $"{prefix}AWSLogs/{(trail.OrganizationId is { } organization ? organization + "/" : "")}{account}/";
    }

    private static byte[] Compressed(ReadOnlyMemory<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content.Span);
        return packed.ToArray();
    }
}
