using System.IO.Compression;
using Amazon.S3.Model;
using KmsLab.Sentinel.Detections;
using KmsLab.Tests.Sentinel.Sources.Bucket;

namespace KmsLab.Tests.Sentinel.TrailHealth;

/// <summary>
/// <see cref="TrailAltered"/>: files and digests of a trail that somebody changed or took away, beside those that nobody touched.
/// </summary>
public sealed class TrailAlteredTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Untouched_trail_is_quiet()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await using var sentinel = await bed.SentinelAsync();
        await CallAsync(bed);

        await bed.KeysAsync(Digests, 4);
        await TrailBucketBed.UntilAsync(bed.IsEmptyAsync);

        (await DetailsAsync(sentinel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deleted_file_is_an_alarm_when_its_digest_comes()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await bed.KeysAsync(Digests, 1);
        await CallAsync(bed);
        var file = await FileAsync(bed);
        await bed.S3.DeleteObjectAsync(TrailBucketBed.Bucket, file, Cancellation);
        await using var sentinel = await bed.SentinelAsync();

        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{file} is missing");
    }

    [Fact]
    public async Task Altered_file_is_an_alarm_when_its_digest_comes()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await bed.KeysAsync(Digests, 1);
        await CallAsync(bed);
        var file = await FileAsync(bed);
        await bed.PutAsync(file, TrailBucketBed.Gzip("""{"Records":[]}"""));
        await using var sentinel = await bed.SentinelAsync();

        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{file} was altered");
    }

    [Fact]
    public async Task Altered_digest_does_not_match_its_signature_and_a_deleted_one_breaks_the_chain()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        var digests = await bed.KeysAsync(Digests, 3);
        await using (var sentinel = await bed.SentinelAsync())
        {
            using var old = await bed.S3.GetObjectAsync(TrailBucketBed.Bucket, digests[1], Cancellation);
            await using var unpacked = new GZipStream(old.ResponseStream, CompressionMode.Decompress);
            using var reader = new StreamReader(unpacked);
            var content = (await reader.ReadToEndAsync(Cancellation)).Replace("\"logFiles\":[", "\"logFiles\":[ ", StringComparison.Ordinal);
            var put = new PutObjectRequest { BucketName = TrailBucketBed.Bucket, Key = digests[1], InputStream = new MemoryStream(TrailBucketBed.Gzip(content)) };
            foreach (var name in old.Metadata.Keys)
                put.Metadata[name] = old.Metadata[name];
            await bed.S3.PutObjectAsync(put, Cancellation);

            await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{digests[1]} does not match its signature");
        }

        await bed.S3.DeleteObjectAsync(TrailBucketBed.Bucket, digests[1], Cancellation);
        await using var again = await bed.SentinelAsync();
        await bed.SendAsync($$"""{"s3Bucket":"{{TrailBucketBed.Bucket}}","s3ObjectKey":["{{digests[2]}}"]}""");
        await ExpectAsync(again, $"s3://{TrailBucketBed.Bucket}/{digests[1]} is missing: the chain of digests is broken");
    }

    [Fact]
    public async Task Copied_and_invented_digests_are_alarms()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        var digest = (await bed.KeysAsync(Digests, 1))[0];
        await using var sentinel = await bed.SentinelAsync();

        var copy = digest.Replace(".json.gz", "9.json.gz", StringComparison.Ordinal);
        await bed.S3.CopyObjectAsync(TrailBucketBed.Bucket, digest, TrailBucketBed.Bucket, copy, Cancellation);
        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{copy} was delivered as s3://{TrailBucketBed.Bucket}/{digest}");

        var invented = digest.Replace(".json.gz", "8.json.gz", StringComparison.Ordinal);
        await bed.PutAsync(invented, TrailBucketBed.Gzip("""{"awsAccountId":"000000000000"}"""));
        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{invented} is no digest of CloudTrail's");
    }

    [Fact]
    public async Task Digest_can_not_choose_whose_key_it_is_checked_with_nor_fill_the_memory()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        var digest = (await bed.KeysAsync(Digests, 1))[0];
        await using var sentinel = await bed.SentinelAsync();

        var elsewhere = digest.Replace("_files_us-east-1_", "_files_evil.example.com_", StringComparison.Ordinal);
        elsewhere.ShouldNotBe(digest);
        await bed.S3.CopyObjectAsync(TrailBucketBed.Bucket, digest, TrailBucketBed.Bucket, elsewhere, Cancellation);
        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{elsewhere} is named like no digest of CloudTrail's");

        var bomb = digest.Replace(".json.gz", "7.json.gz", StringComparison.Ordinal);
        await bed.PutAsync(bomb, TrailBucketBed.Gzip(new string(' ', 65 * 1024 * 1024)));
        await ExpectAsync(sentinel, $"s3://{TrailBucketBed.Bucket}/{bomb} is no digest of CloudTrail's: It unpacks to more than");
    }

    private static string Digests => "AWSLogs/000000000000/CloudTrail-Digest/us-east-1/";

    private static async Task CallAsync(TrailBucketBed bed)
    {
        using var kms = bed.Aws.Kms();
        await kms.CreateKeyAsync(new(), Cancellation);
    }

    /// <summary>A file of records that no digest has listed yet.</summary>
    private static async Task<string> FileAsync(TrailBucketBed bed) => (await bed.KeysAsync("AWSLogs/000000000000/CloudTrail/", 1))[^1];

    private static Task ExpectAsync(SentinelHost sentinel, string detail) =>
        TrailBucketBed.UntilAsync(async () => (await DetailsAsync(sentinel)).Exists(found => found.Contains(detail, StringComparison.Ordinal)));

    private static async Task<List<string>> DetailsAsync(SentinelHost sentinel) =>
        [.. (await sentinel.JsonAsync("/api/alarms")).AsArray().Where(alarm => (string?)alarm!["detection"] == "trail-altered")
            .SelectMany(alarm => alarm!["evidence"]!.AsArray()).Select(evidence => (string?)evidence!["detail"] ?? "")];
}
