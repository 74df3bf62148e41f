using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Writes digest files: what record files were delivered, with their hashes, signed, each naming the one before it.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html</remarks>
internal sealed class DigestFiles(Trails trails, BucketStore buckets, TrailBucket bucket, DigestKeys keys, StateStore store, TimeProvider time, Microsoft.Extensions.Options.IOptions<FileDeliveryOptions> options)
{
    private const string Algorithm = "SHA256withRSA";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Delivers the digests that end now, for each trail and each account and Region of which it has files.</summary>
    /// <param name="end">The end of the time that they are about.</param>
    public async Task DeliverAsync(DateTimeOffset end)
    {
        foreach (var trail in trails.Snapshot)
        {
            if (buckets.Find(trail.Definition.S3BucketName) is not { } target)
                continue;
            foreach (var source in Sources(trail))
                await DeliverAsync(trail, target, source, end);
        }
    }

    private async Task DeliverAsync(LiveTrail trail, Bucket target, RegionScope source, DateTimeOffset end)
    {
        var files = Files(trail, source, end);
        if (files.Count == 0 && trail.Definition is not { IsLogging: true, LogFileValidationEnabled: true })
        {
            // A trail that was stopped, or validates no longer, begins another chain when it goes on.
            await store.Enqueue(session => session.Execute("DELETE FROM trail_digests WHERE trail = $1 AND account = $2 AND region = $3", trail.Arn, source.Account, source.Region));
            return;
        }

        var previous = Previous(trail, source);
        var key = Key(trail, source, end);
        var scope = new RegionScope(trail.Account, trail.Definition.HomeRegion);
        var signer = await keys.SignerAsync(scope, time.GetUtcNow());
        var start = previous?.End ?? (end - options.Value.DigestInterval).ToUnixTimeMilliseconds();
        var content = Content(target, source, key, DateTimeOffset.FromUnixTimeMilliseconds(start), end, signer.Fingerprint, previous, files);
        var hash = TrailBucket.Hash(content.Span);
        var signed = $"{RecordWriter.Instant(end)}\n{target.Name}/{key}\n{hash}\n{previous?.Signature ?? "null"}";
        var signature = Convert.ToHexStringLower(signer.Sign(Encoding.UTF8.GetBytes(signed)));
        await bucket.PutAsync(target, trail, key, content, new() { ["signature"] = signature, ["signature-algorithm"] = Algorithm }, session =>
        {
            foreach (var file in files)
                session.Execute("UPDATE trail_files SET digested = 1 WHERE id = $1", file.Id);
            session.Execute(
                "INSERT OR REPLACE INTO trail_digests (trail, account, region, bucket, key, ended, hash, signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                trail.Arn, source.Account, source.Region, target.Name, key, end.ToUnixTimeMilliseconds(), hash, signature);
        });
        trail.Status.DigestSucceeded(time.GetUtcNow());
    }

    /// <summary>The accounts and Regions with files of a trail, and its home.</summary>
    private List<RegionScope> Sources(LiveTrail trail) => [.. store.Read(connection => connection.Query(
        "SELECT DISTINCT account, region FROM trail_files WHERE trail = $1", row => new RegionScope(row.GetString(0), row.GetString(1)), trail.Arn))
        .Append(new RegionScope(trail.Account, trail.Definition.HomeRegion)).Distinct()];

    private List<File> Files(LiveTrail trail, RegionScope source, DateTimeOffset end) => store.Read(connection => connection.Query(
        "SELECT id, bucket, key, hash, oldest, newest FROM trail_files WHERE trail = $1 AND account = $2 AND region = $3 AND digested = 0 AND delivered < $4 ORDER BY id",
        row => new File(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Instant(4), row.Instant(5)), trail.Arn, source.Account, source.Region, end.ToUnixTimeMilliseconds()));

    private Digest? Previous(LiveTrail trail, RegionScope source) => store.Read(connection => connection.Query(
        "SELECT bucket, key, ended, hash, signature FROM trail_digests WHERE trail = $1 AND account = $2 AND region = $3",
        row => new Digest(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4)), trail.Arn, source.Account, source.Region)).FirstOrDefault();

    private static string Key(LiveTrail trail, RegionScope source, DateTimeOffset end) => string.Create(
        CultureInfo.InvariantCulture,
        $"{TrailBucket.Prefix(trail, source.Account)}CloudTrail-Digest/{source.Region}/{end.UtcDateTime:yyyy/MM/dd}/{source.Account}_CloudTrail-Digest_{source.Region}_{trail.Definition.Name}_{trail.Definition.HomeRegion}_{end.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.json.gz");

    private static ReadOnlyMemory<byte> Content(
        Bucket target, RegionScope source, string key, DateTimeOffset start, DateTimeOffset end, string fingerprint, Digest? previous, List<File> files)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        json.WriteString("awsAccountId", source.Account);
        json.WriteString("digestStartTime", RecordWriter.Instant(start));
        json.WriteString("digestEndTime", RecordWriter.Instant(end));
        json.WriteString("digestS3Bucket", target.Name);
        json.WriteString("digestS3Object", key);
        json.WriteString("digestPublicKeyFingerprint", fingerprint);
        json.WriteString("digestSignatureAlgorithm", Algorithm);
        json.WriteString("newestEventTime", files.Count == 0 ? null : RecordWriter.Instant(files.Max(file => file.Newest)));
        json.WriteString("oldestEventTime", files.Count == 0 ? null : RecordWriter.Instant(files.Min(file => file.Oldest)));
        json.WriteString("previousDigestS3Bucket", previous?.Bucket);
        json.WriteString("previousDigestS3Object", previous?.Key);
        json.WriteString("previousDigestHashValue", previous?.Hash);
        json.WriteString("previousDigestHashAlgorithm", previous is null ? null : "SHA-256");
        json.WriteString("previousDigestSignature", previous?.Signature);
        json.WriteStartArray("logFiles");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("s3Bucket", file.Bucket);
            json.WriteString("s3Object", file.Key);
            json.WriteString("hashValue", file.Hash);
            json.WriteString("hashAlgorithm", "SHA-256");
            json.WriteString("newestEventTime", RecordWriter.Instant(file.Newest));
            json.WriteString("oldestEventTime", RecordWriter.Instant(file.Oldest));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private sealed record File(long Id, string Bucket, string Key, string Hash, DateTimeOffset Oldest, DateTimeOffset Newest);

    private sealed record Digest(string Bucket, string Key, long End, string Hash, string Signature);
}
