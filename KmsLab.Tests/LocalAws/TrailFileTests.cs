using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.S3.Model;

namespace KmsLab.Tests.LocalAws;

/// <summary>A trail's files in its bucket, as the <c>aws</c> CLI validates them.</summary>
public sealed partial class TrailFileTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private static readonly (string, string?)[] Quick =
        [("LocalAws:Trail:Name", ""), ("LocalAws:TrailFiles:Interval", "00:00:01"), ("LocalAws:TrailFiles:DigestInterval", "00:00:02")];

    private LocalAwsHost _aws = null!;
    private AmazonS3Client _s3 = null!;

    public static TheoryData<string> Clis => AwsCli.Paths;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync(Quick);
        _s3 = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonS3Config { ForcePathStyle = true }));
        await _s3.PutBucketAsync("trail-bucket", Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Records_come_in_gzip_files_of_each_Region_under_AWSs_names_and_the_queue_hears_of_them()
    {
        using var queue = await _aws.PostJsonAsync("sqs", "AmazonSQS.CreateQueue", """{"QueueName":"q"}""");
        await _s3.PutBucketNotificationAsync(new()
        {
            BucketName = "trail-bucket",
            QueueConfigurations = [new() { Queue = "arn:aws:sqs:us-east-1:000000000000:q", Events = [EventType.ObjectCreatedAll], Filter = new() { S3KeyFilter = new() { FilterRules = [new("prefix", "pre/AWSLogs/000000000000/CloudTrail/")] } } }],
        }, Cancelled);
        await TrailAsync("\"IsMultiRegionTrail\":true,\"S3KeyPrefix\":\"pre\"");
        using var kms = _aws.Kms();
        using var west = _aws.Kms(region: "eu-west-1");
        var key = (await kms.CreateKeyAsync(new(), Cancelled)).KeyMetadata.KeyId;
        var other = (await west.CreateKeyAsync(new(), Cancelled)).KeyMetadata.KeyId;

        var keys = await KeysAsync("pre/AWSLogs/", found => found.Exists(k => k.Contains("/eu-west-1/", StringComparison.Ordinal)) && found.Exists(k => k.Contains("/us-east-1/", StringComparison.Ordinal)));

        keys.ShouldAllBe(k => Name.IsMatch(k));
        List<JsonNode> records = [];
        foreach (var file in keys)
            records.AddRange(JsonNode.Parse(await ReadAsync(file))!["Records"]!.AsArray()!);
        records.Where(record => (string?)record["eventName"] == "CreateKey").Select(record => ((string?)record["awsRegion"], (string?)record["resources"]![0]!["ARN"])).ShouldBe(
            [("us-east-1", $"arn:aws:kms:us-east-1:000000000000:key/{key}"), ("eu-west-1", $"arn:aws:kms:eu-west-1:000000000000:key/{other}")], ignoreOrder: true);
        records.Select(record => (string?)record["eventID"]).ShouldBeUnique();
        (await MessagesAsync()).ShouldContain(body => body.Contains("_CloudTrail_eu-west-1_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_is_delivered_once_after_a_restart()
    {
        await TrailAsync("");
        using (var kms = _aws.Kms())
            await kms.CreateKeyAsync(new(), Cancelled);

        await _aws.RestartAsync();
        _s3.Dispose();
        _s3 = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonS3Config { ForcePathStyle = true }));

        var found = 0;
        await KeysAsync("AWSLogs/", async keys =>
        {
            found = 0;
            foreach (var key in keys)
                found += Regex.Count(await ReadAsync(key), "\"eventName\":\"CreateKey\"");
            return found > 0;
        });
        found.ShouldBe(1);
    }

    [Fact]
    public async Task Trail_without_its_bucket_says_so()
    {
        using var created = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.CreateTrail", """{"Name":"lost","S3BucketName":"no-such-bucket"}""");
        using var started = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.StartLogging", """{"Name":"lost"}""");
        using var call = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.ListTrails", "{}");
        using var status = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.GetTrailStatus", """{"Name":"lost"}""");
        (await TrailReader.ReadAsync(status)).GetProperty("LatestDeliveryError").GetString().ShouldBe("NoSuchBucket");
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Aws_cloudtrail_validate_logs_accepts_the_files_and_sees_what_was_altered_or_deleted(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(_aws.Url));
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var arn = await TrailAsync("\"EnableLogFileValidation\":true");
        using (var kms = _aws.Kms())
            await kms.CreateKeyAsync(new(), Cancelled);
        await DigestsAsync(3);
        using (var kms = _aws.Kms())
            await kms.CreateKeyAsync(new(), Cancelled);
        await DigestsAsync(6);
        using var stopped = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.StopLogging", """{"Name":"files"}""");

        var logs = await DigestedAsync();
        var clean = await ValidateAsync();
        Assert.SkipWhen(clean.Contains("amazonaws.com", StringComparison.Ordinal), "this aws CLI doesn't know AWS_ENDPOINT_URL");
        clean.ShouldMatch(@"(\d+)/\1 digest files valid");
        clean.ShouldMatch(@"(\d+)/\1 log files valid");
        clean.ShouldNotContain("INVALID");

        logs.Count.ShouldBeGreaterThan(1);
        await _s3.PutObjectAsync(new() { BucketName = "trail-bucket", Key = logs[0], InputStream = new MemoryStream(Gzip("{\"Records\":[]}")) }, Cancelled);
        (await ValidateAsync()).ShouldContain($"Log file\ts3://trail-bucket/{logs[0]}\tINVALID: hash value doesn't match");
        await _s3.DeleteObjectAsync("trail-bucket", logs[1], Cancelled);
        (await ValidateAsync()).ShouldContain($"Log file\ts3://trail-bucket/{logs[1]}\tINVALID: not found");

        var digests = await KeysAsync("AWSLogs/000000000000/CloudTrail-Digest/", _ => true);
        await _s3.DeleteObjectAsync("trail-bucket", digests[1], Cancelled);
        (await ValidateAsync()).ShouldContain($"Digest file\ts3://trail-bucket/{digests[1]}\tINVALID: not found");
        var altered = Encoding.UTF8.GetBytes((await ReadAsync(digests[2])).Replace("\"digestStartTime\":\"20", "\"digestStartTime\":\"19", StringComparison.Ordinal));
        using (var old = await _s3.GetObjectAsync("trail-bucket", digests[2], Cancelled))
        {
            var put = new PutObjectRequest { BucketName = "trail-bucket", Key = digests[2], InputStream = new MemoryStream(Gzip(Encoding.UTF8.GetString(altered))) };
            foreach (var name in old.Metadata.Keys)
                put.Metadata[name] = old.Metadata[name];
            await _s3.PutObjectAsync(put, Cancelled);
        }

        (await ValidateAsync()).ShouldContain($"Digest file\ts3://trail-bucket/{digests[2]}\tINVALID: signature verification failed");

        async Task<string> ValidateAsync() => await aws.TextAsync("cloudtrail", "validate-logs", "--trail-arn", arn, "--start-time", begin, "--verbose");
    }

    private async Task<string> TrailAsync(string more)
    {
        using var created = await _aws.PostJsonAsync(
            "cloudtrail", "CloudTrail_20131101.CreateTrail", $$"""{"Name":"files","S3BucketName":"trail-bucket"{{(more.Length == 0 ? "" : "," + more)}}}""");
        using var started = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.StartLogging", """{"Name":"files"}""");
        return (await TrailReader.ReadAsync(created)).GetProperty("TrailARN").GetString()!;
    }

    /// <summary>The files of records, once each is in a digest.</summary>
    private Task<List<string>> DigestedAsync() => KeysAsync("AWSLogs/000000000000/CloudTrail/", async files =>
    {
        var listed = "";
        foreach (var digest in await KeysAsync("AWSLogs/000000000000/CloudTrail-Digest/", _ => true))
            listed += await ReadAsync(digest);
        return files.TrueForAll(file => listed.Contains(file, StringComparison.Ordinal));
    });

    private Task DigestsAsync(int count) => KeysAsync("AWSLogs/000000000000/CloudTrail-Digest/", found => found.Count >= count);

    private Task<List<string>> KeysAsync(string prefix, Func<List<string>, bool> enough) => KeysAsync(prefix, found => Task.FromResult(enough(found)));

    private async Task<List<string>> KeysAsync(string prefix, Func<List<string>, Task<bool>> enough)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        timeout.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var keys = (await _s3.ListObjectsV2Async(new() { BucketName = "trail-bucket", Prefix = prefix }, timeout.Token)).S3Objects?.ConvertAll(item => item.Key) ?? [];
            if (await enough(keys))
                return keys;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout.Token);
        }
    }

    private async Task<string> ReadAsync(string key)
    {
        using var response = await _s3.GetObjectAsync("trail-bucket", key, Cancelled);
        await using var unpacked = new GZipStream(response.ResponseStream, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync(Cancelled);
    }

    private async Task<List<string>> MessagesAsync()
    {
        using var received = await _aws.PostJsonAsync("sqs", "AmazonSQS.ReceiveMessage", $$"""{"QueueUrl":"{{_aws.Url}}/000000000000/q","MaxNumberOfMessages":10}""");
        return [.. JsonNode.Parse(await received.Content.ReadAsStringAsync(Cancelled))!["Messages"]!.AsArray().Select(message => (string)message!["Body"]!)];
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    [GeneratedRegex(@"^pre/AWSLogs/000000000000/CloudTrail/([a-z0-9-]+)/\d{4}/\d\d/\d\d/000000000000_CloudTrail_\1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$")]
    private static partial Regex Name { get; }
}
