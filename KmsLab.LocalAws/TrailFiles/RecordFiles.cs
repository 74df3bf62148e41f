using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.Sns;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Writes record files: <c>{"Records":[...]}</c>, gzipped, for each trail, account and Region.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html#cloudtrail-log-filename-format</remarks>
internal sealed class RecordFiles(Trails trails, BucketStore buckets, TrailBucket bucket, SnsPublisher topics, StateStore store, TimeProvider time)
{
    private const int MaxRecords = 5_000;
    private const int MaxBytes = 20 * 1024 * 1024;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Delivers all that waits.</summary>
    public async Task DeliverAsync(CancellationToken cancellationToken)
    {
        var waiting = store.Read(connection => connection.Query(
            "SELECT DISTINCT p.trail, e.account, p.region FROM trail_file_pending p JOIN trail_events e ON e.seq = p.seq",
            row => (Trail: row.GetString(0), Source: new RegionScope(row.GetString(1), row.GetString(2)))));
        foreach (var (arn, source) in waiting)
        {
            if (trails.Snapshot.FirstOrDefault(trail => trail.Arn == arn) is not { } trail)
                await store.Enqueue(session => session.Execute("DELETE FROM trail_file_pending WHERE trail = $1", arn));
            else if (buckets.Find(trail.Definition.S3BucketName) is not { } target)
                trail.Status.FilesFailed("NoSuchBucket");
            else
                await DeliverAsync(trail, target, source, cancellationToken);
        }
    }

    private async Task DeliverAsync(LiveTrail trail, Bucket target, RegionScope source, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var records = Next(trail, source);
            if (records.Count == 0)
                return;
            var content = Content(records);
            var now = time.GetUtcNow();
            var key = Key(trail, source, now);
            await bucket.PutAsync(target, trail, key, content, [], session => CrossOff(session, trail, target, source, key, TrailBucket.Hash(content.Span), records, now));
            trail.Status.FilesSucceeded(now);
            Notify(trail, target, key);
        }
    }

    private List<Waiting> Next(LiveTrail trail, RegionScope source)
    {
        var bytes = 0;
        return [.. store.Read(connection => connection.Query(
            "SELECT p.id, e.time, e.record FROM trail_file_pending p JOIN trail_events e ON e.seq = p.seq WHERE p.trail = $1 AND p.region = $2 AND e.account = $3 ORDER BY p.id LIMIT $4",
            row => new Waiting(row.GetInt64(0), row.GetInt64(1), row.Blob(2)), trail.Arn, source.Region, source.Account, MaxRecords)).TakeWhile(record => (bytes += record.Json.Length) <= MaxBytes || bytes == record.Json.Length)];
    }

    private static ReadOnlyMemory<byte> Content(List<Waiting> records)
    {
        var buffer = new ArrayBufferWriter<byte>(records.Sum(record => record.Json.Length + 1) + 16);
        buffer.Write("{\"Records\":["u8);
        for (var i = 0; i < records.Count; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            buffer.Write(records[i].Json);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }

    private static string Key(LiveTrail trail, RegionScope source, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{TrailBucket.Prefix(trail, source.Account)}CloudTrail/{source.Region}/{now.UtcDateTime:yyyy/MM/dd}/{source.Account}_CloudTrail_{source.Region}_{now.UtcDateTime:yyyyMMdd'T'HHmm'Z'}_{RandomNumberGenerator.GetString(Letters, 16)}.json.gz");

    private static void CrossOff(WriteSession session, LiveTrail trail, Bucket target, RegionScope source, string key, string hash, List<Waiting> records, DateTimeOffset now)
    {
        session.Execute(
            "DELETE FROM trail_file_pending WHERE trail = $1 AND region = $2 AND id <= $3 AND (SELECT e.account FROM trail_events e WHERE e.seq = trail_file_pending.seq) = $4",
            trail.Arn, source.Region, records[^1].Id, source.Account);
        // What is delivered without validation is in no digest, also when validation is switched on later.
        if (trail.Definition.LogFileValidationEnabled)
        {
            session.Execute(
                "INSERT INTO trail_files (trail, region, bucket, key, hash, oldest, newest, delivered, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                trail.Arn, source.Region, target.Name, key, hash, records.Min(record => record.Time), records.Max(record => record.Time), now.ToUnixTimeMilliseconds(), source.Account);
        }
    }

    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
    private void Notify(LiveTrail trail, Bucket target, string key)
    {
        if (trail.Definition.SnsTopicName is not { Length: > 0 } topic)
            return;
        var arn = topic.StartsWith("arn:", StringComparison.Ordinal) ? topic : new RegionScope(trail.Account, trail.Definition.HomeRegion).Arn("sns", topic);
        topics.TryPublish(arn, "CloudTrail", $$"""{"s3Bucket":"{{target.Name}}","s3ObjectKey":["{{JsonEncodedText.Encode(key)}}"]}""");
    }

    private sealed record Waiting(long Id, long Time, byte[] Json);
}
