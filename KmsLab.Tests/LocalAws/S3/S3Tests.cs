using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>S3 through AWS's own .NET client, which sends trailing checksums and checks those that it gets.</summary>
public sealed class S3Tests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private LocalAwsHost _aws = null!;
    private AmazonS3Client _s3 = null!;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync();
        _s3 = Client(_aws);
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Object_comes_back_as_it_was_put()
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        var put = new PutObjectRequest { BucketName = "bucket", Key = "a/b c+ü.txt", ContentBody = "körner", ContentType = "text/plain; charset=utf-8" };
        put.Metadata["k"] = "v";
        put.Headers.CacheControl = "no-cache";
        var answer = await _s3.PutObjectAsync(put, Cancelled);
        answer.ETag.ShouldBe("\"13e5933ef03f5dc2952c2d467d76e658\"", "the MD5 of körner");

        using var got = await _s3.GetObjectAsync("bucket", "a/b c+ü.txt", Cancelled);
        using var reader = new StreamReader(got.ResponseStream);
        (await reader.ReadToEndAsync(Cancelled), got.Headers.ContentType, got.Metadata["k"], got.Headers.CacheControl).ShouldBe(("körner", "text/plain; charset=utf-8", "v", "no-cache"));
        (await _s3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled)).S3Objects.ShouldHaveSingleItem().Key.ShouldBe("a/b c+ü.txt");

        await _s3.DeleteObjectAsync("bucket", "a/b c+ü.txt", Cancelled);
        (await Should.ThrowAsync<AmazonS3Exception>(() => _s3.GetObjectAsync("bucket", "a/b c+ü.txt", Cancelled))).ErrorCode.ShouldBe("NoSuchKey");
        await _s3.DeleteBucketAsync("bucket", Cancelled);
        (await Should.ThrowAsync<AmazonS3Exception>(() => _s3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled))).ErrorCode.ShouldBe("NoSuchBucket");
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task Checksum_is_kept_and_answered(string algorithm)
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "123456789", ChecksumAlgorithm = new(algorithm) }, Cancelled);

        var answer = await _s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = "bucket", Key = "k", ChecksumMode = ChecksumMode.ENABLED }, Cancelled);

        // The check values that each algorithm is published with.
        (answer.ChecksumCRC32 ?? answer.ChecksumCRC32C ?? answer.ChecksumCRC64NVME ?? answer.ChecksumSHA1 ?? answer.ChecksumSHA256).ShouldBe(algorithm switch
        {
            "CRC32" => Convert.ToBase64String(Convert.FromHexString("CBF43926")),
            "CRC32C" => Convert.ToBase64String(Convert.FromHexString("E3069283")),
            "CRC64NVME" => Convert.ToBase64String(Convert.FromHexString("AE8B14860A799888")),
            "SHA1" => Convert.ToBase64String(Convert.FromHexString("F7C3BC1D808E04732ADF679965CCC34CA7AE3441")),
            _ => Convert.ToBase64String(SHA256.HashData("123456789"u8)),
        });
    }

    [Theory]
    [InlineData("bytes=2-4", "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", "89", "bytes 8-9/10")]
    [InlineData("bytes=8-99", "89", "bytes 8-9/10")]
    [InlineData("bytes=0-1,3-4", "0123456789", null)]
    public async Task Range_is_cut_out(string range, string content, string? contentRange)
    {
        await PutAsync("k", "0123456789");

        using var response = await SendAsync(HttpMethod.Get, "/bucket/k", null, ("Range", range));

        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe(content);
        response.Content.Headers.ContentRange?.ToString().ShouldBe(contentRange);
        response.StatusCode.ShouldBe(contentRange is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent);
    }

    [Fact]
    public async Task Range_behind_the_end_is_refused()
    {
        await PutAsync("k", "0123456789");
        using var response = await SendAsync(HttpMethod.Get, "/bucket/k", null, ("Range", "bytes=10-"));
        (response.StatusCode, await CodeAsync(response)).ShouldBe((HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange"));
    }

    [Fact]
    public async Task Conditions_hold()
    {
        var tag = await PutAsync("k", "x");

        using var notModified = await SendAsync(HttpMethod.Get, "/bucket/k", null, ("If-None-Match", tag));
        notModified.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var failed = await SendAsync(HttpMethod.Get, "/bucket/k", null, ("If-Match", "\"other\""));
        (await CodeAsync(failed)).ShouldBe("PreconditionFailed");
        using var again = await SendAsync(HttpMethod.Put, "/bucket/k", "y", ("If-None-Match", "*"));
        (await CodeAsync(again)).ShouldBe("PreconditionFailed");
        using var matched = await SendAsync(HttpMethod.Put, "/bucket/k", "y", ("If-Match", tag));
        matched.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var fresh = await SendAsync(HttpMethod.Put, "/bucket/new", "y", ("If-Match", tag));
        (await CodeAsync(fresh)).ShouldBe("NoSuchKey");
    }

    [Theory]
    [InlineData("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest")]
    [InlineData("Content-MD5", "nonsense", "InvalidDigest")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "nonsense", "InvalidRequest")]
    [InlineData("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "XAmzContentSHA256Mismatch")]
    public async Task Content_that_is_not_what_its_digest_says_is_refused(string header, string value, string code)
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        using var response = await SendAsync(HttpMethod.Put, "/bucket/k", "content", (header, value));
        (await CodeAsync(response)).ShouldBe(code);
        (await _s3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled)).KeyCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n", null)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "b;chunk-signature=00\r\nhello world\r\n0;chunk-signature=00\r\n\r\n", null)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "b;chunk-signature=00\r\nhello world\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:DUoRhQ==\r\nx-amz-trailer-signature:00\r\n\r\n", null)]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "b\r\nhello world\r\n0\r\n\r\n", "MalformedTrailerError")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "b\r\nhello", "IncompleteBody")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "zz\r\nhello", "InvalidRequest")]
    public async Task Chunked_bodies_are_unpacked(string kind, string body, string? code)
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        List<(string, string)> headers = [("x-amz-content-sha256", kind), ("Content-Encoding", "aws-chunked"), ("x-amz-decoded-content-length", "11")];
        if (kind.EndsWith("TRAILER", StringComparison.Ordinal))
            headers.Add(("x-amz-trailer", "x-amz-checksum-crc32"));

        using var response = await SendAsync(HttpMethod.Put, "/bucket/k", body, [.. headers]);

        if (code is not null)
        {
            (await CodeAsync(response)).ShouldBe(code);
            return;
        }

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancelled));
        using var got = await SendAsync(HttpMethod.Get, "/bucket/k", null);
        (await got.Content.ReadAsStringAsync(Cancelled), got.Content.Headers.ContentEncoding.Count).ShouldBe(("hello world", 0));
    }

    [Fact]
    public async Task Large_object_goes_up_in_parts_and_comes_down_in_ranges()
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        var content = RandomNumberGenerator.GetBytes(12 * 1024 * 1024);
        using (var transfer = new TransferUtility(_s3, new TransferUtilityConfig { MinSizeBeforePartUpload = 5 * 1024 * 1024 }))
            await transfer.UploadAsync(new() { BucketName = "bucket", Key = "large", InputStream = new MemoryStream(content), PartSize = 5 * 1024 * 1024 }, Cancelled);

        using var whole = await _s3.GetObjectAsync("bucket", "large", Cancelled);
        (await ReadAsync(whole)).ShouldBe(content);
        whole.ETag.ShouldEndWith("-3\"");
        using var range = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = "bucket", Key = "large", ByteRange = new(5 * 1024 * 1024 - 10, 5 * 1024 * 1024 + 9) }, Cancelled);
        (await ReadAsync(range)).ShouldBe(content[(5 * 1024 * 1024 - 10)..(5 * 1024 * 1024 + 10)]);
        using var part = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = "bucket", Key = "large", PartNumber = 3 }, Cancelled);
        ((await ReadAsync(part)).Length, part.PartsCount).ShouldBe((2 * 1024 * 1024, 3));
    }

    [Fact]
    public async Task Listing_rolls_folders_up_and_goes_on_behind_them()
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        foreach (var key in (string[])["a", "b/1", "b/2", "b/3", "c/1", "d", "é/1", "🔑"])
            await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = "" }, Cancelled);

        List<string> found = [];
        string? token = null;
        do
        {
            var page = await _s3.ListObjectsV2Async(new() { BucketName = "bucket", Delimiter = "/", MaxKeys = 2, ContinuationToken = token }, Cancelled);
            found.AddRange((page.CommonPrefixes ?? []).Concat((page.S3Objects ?? []).Select(item => item.Key)).Order(StringComparer.Ordinal));
            token = page.NextContinuationToken;
        }
        while (token is not null);

        found.ShouldBe(["a", "b/", "c/", "d", "é/", "🔑"]);
        (await _s3.ListObjectsV2Async(new() { BucketName = "bucket", Prefix = "b/", StartAfter = "b/1" }, Cancelled)).S3Objects.Select(item => item.Key).ShouldBe(["b/2", "b/3"]);
        var first = await _s3.ListObjectsAsync(new ListObjectsRequest { BucketName = "bucket", Delimiter = "/", MaxKeys = 3 }, Cancelled);
        var second = await _s3.ListObjectsAsync(new ListObjectsRequest { BucketName = "bucket", Delimiter = "/", Marker = first.NextMarker }, Cancelled);
        ((first.IsTruncated, first.NextMarker), second.CommonPrefixes.Single(), second.S3Objects.Select(item => item.Key).Order(StringComparer.Ordinal).First()).ShouldBe(((true, "c/"), "é/", "d"));
    }

    [Fact]
    public async Task Versions_are_kept_and_a_delete_marker_hides_them()
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        await _s3.PutBucketVersioningAsync(new() { BucketName = "bucket", VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancelled);
        var first = (await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "1" }, Cancelled)).VersionId;
        var second = (await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "2" }, Cancelled)).VersionId;

        var deleted = await _s3.DeleteObjectAsync("bucket", "k", Cancelled);
        deleted.DeleteMarker.ShouldBe("true");
        (await Should.ThrowAsync<AmazonS3Exception>(() => _s3.GetObjectAsync("bucket", "k", Cancelled))).ErrorCode.ShouldBe("NoSuchKey");
        using (var old = await _s3.GetObjectAsync("bucket", "k", first, Cancelled))
            (await ReadAsync(old)).ShouldBe("1"u8.ToArray());
        var versions = await _s3.ListVersionsAsync("bucket", Cancelled);
        versions.Versions.Select(version => (version.VersionId, version.IsDeleteMarker == true, version.IsLatest == true)).ShouldBe([(deleted.VersionId, true, true), (second, false, false), (first, false, false)], ignoreOrder: true);
        (await Should.ThrowAsync<AmazonS3Exception>(() => _s3.DeleteBucketAsync("bucket", Cancelled))).ErrorCode.ShouldBe("BucketNotEmpty");

        await _s3.DeleteObjectAsync("bucket", "k", deleted.VersionId, Cancelled);
        using var latest = await _s3.GetObjectAsync("bucket", "k", Cancelled);
        (await ReadAsync(latest)).ShouldBe("2"u8.ToArray());
    }

    [Fact]
    public async Task Locked_version_is_not_deleted()
    {
        await _s3.PutBucketAsync(new PutBucketRequest { BucketName = "bucket", ObjectLockEnabledForBucket = true }, Cancelled);
        await _s3.PutObjectLockConfigurationAsync(new()
        {
            BucketName = "bucket",
            ObjectLockConfiguration = new() { ObjectLockEnabled = ObjectLockEnabled.Enabled, Rule = new() { DefaultRetention = new() { Mode = ObjectLockRetentionMode.Compliance, Days = 1 } } },
        }, Cancelled);
        var version = (await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "1" }, Cancelled)).VersionId;

        (await Should.ThrowAsync<AmazonS3Exception>(() => _s3.DeleteObjectAsync("bucket", "k", version, Cancelled))).ErrorCode.ShouldBe("AccessDenied");
        (await _s3.GetObjectRetentionAsync(new() { BucketName = "bucket", Key = "k" }, Cancelled)).Retention.Mode.ShouldBe(ObjectLockRetentionMode.Compliance);
    }

    [Fact]
    public async Task Queue_is_told_of_objects()
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        using var created = await _aws.PostJsonAsync("sqs", "AmazonSQS.CreateQueue", """{"QueueName":"q"}""");
        await _s3.PutBucketNotificationAsync(new()
        {
            BucketName = "bucket",
            QueueConfigurations = [new() { Id = "c", Queue = "arn:aws:sqs:us-east-1:000000000000:q", Events = [EventType.ObjectCreatedAll], Filter = new() { S3KeyFilter = new() { FilterRules = [new("prefix", "logs/"), new("suffix", ".gz")] } } }],
        }, Cancelled);
        foreach (var key in (string[])["logs/a b.gz", "logs/a.txt", "other.gz"])
            await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = "x" }, Cancelled);

        using var received = await _aws.PostJsonAsync("sqs", "AmazonSQS.ReceiveMessage", $$"""{"QueueUrl":"{{_aws.Url}}/000000000000/q","MaxNumberOfMessages":10}""");
        var messages = JsonNode.Parse(await received.Content.ReadAsStringAsync(Cancelled))!["Messages"]!.AsArray().Select(message => JsonNode.Parse((string)message!["Body"]!)!).ToList();

        messages.Count.ShouldBe(2);
        ((string?)messages[0]["Event"], (string?)messages[0]["Bucket"]).ShouldBe(("s3:TestEvent", "bucket"));
        var record = messages[1]["Records"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)record["eventName"], (string?)record["s3"]!["bucket"]!["name"], (string?)record["s3"]!["object"]!["key"], (int)record["s3"]!["object"]!["size"]!).ShouldBe(("ObjectCreated:Put", "bucket", "logs/a+b.gz", 1));
    }

    [Theory]
    [InlineData("bucket.localhost", "/k")]
    [InlineData("bucket.s3.localhost", "/k")]
    [InlineData("bucket.s3.us-east-1.localhost.localstack.cloud", "/k")]
    [InlineData("s3.us-east-1.localhost.localstack.cloud", "/bucket/k")]
    [InlineData("localhost", "/bucket/k")]
    public async Task Bucket_may_stand_in_the_host(string host, string path)
    {
        await PutAsync("k", "content");

        using var response = await SendAsync(HttpMethod.Get, path, null, ("Host", host));

        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("content");
    }

    [Fact]
    public async Task Presigned_address_works_until_its_time_is_over()
    {
        await PutAsync("k", "content");
        var address = await _s3.GetPreSignedURLAsync(new() { BucketName = "bucket", Key = "k", Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5), Protocol = Protocol.HTTP });
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri(address), Cancelled)).ShouldBe("content");
        using var late = await http.GetAsync(new Uri($"{_aws.Url}/bucket/k?X-Amz-Credential=AKIALAB%2F20200101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=00"), Cancelled);
        (late.StatusCode, await CodeAsync(late)).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"));
    }

    [Fact]
    public async Task Buckets_and_objects_survive_a_restart_and_files_of_nobody_go()
    {
        var tag = await PutAsync("k", "content");
        var orphan = Path.Combine(_aws.DataDirectory, "objects", "ff", "ff000000000000000000000000000000");

        await _aws.RestartAsync(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(orphan)!);
            File.WriteAllText(orphan, "left behind");
        });

        _s3.Dispose();
        _s3 = Client(_aws);
        using var got = await _s3.GetObjectAsync("bucket", "k", Cancelled);
        (got.ETag, Encoding.UTF8.GetString(await ReadAsync(got))).ShouldBe((tag, "content"));
        while (File.Exists(orphan))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
        Directory.EnumerateFiles(Path.Combine(_aws.DataDirectory, "objects"), "*", SearchOption.AllDirectories).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Files_go_with_the_last_object_that_is_made_of_them()
    {
        await PutAsync("k", "content");
        await _s3.CopyObjectAsync("bucket", "k", "bucket", "copy", Cancelled);
        await _s3.DeleteObjectAsync("bucket", "k", Cancelled);
        using (var copy = await _s3.GetObjectAsync("bucket", "copy", Cancelled))
            (await ReadAsync(copy)).ShouldBe("content"u8.ToArray());

        var deleted = await _s3.DeleteObjectsAsync(new() { BucketName = "bucket", Objects = [new() { Key = "copy" }, new() { Key = "none" }] }, Cancelled);

        deleted.DeletedObjects.Select(one => one.Key).ShouldBe(["copy", "none"]);
        Directory.EnumerateFiles(Path.Combine(_aws.DataDirectory, "objects"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Trail_has_what_is_done_to_buckets_and_nothing_of_objects()
    {
        await PutAsync("k", "content");
        await _s3.PutBucketPolicyAsync("bucket", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}]}""", Cancelled);
        await _s3.PutPublicAccessBlockAsync(new() { BucketName = "bucket", PublicAccessBlockConfiguration = new() { BlockPublicAcls = false } }, Cancelled);

        var records = (await _aws.LookupAsync()).Where(record => record.GetProperty("eventSource").GetString() == "s3.amazonaws.com").ToList();

        records.Select(record => record.GetProperty("eventName").GetString()).ShouldBe(["PutBucketPublicAccessBlock", "PutBucketPolicy", "CreateBucket"]);
        var parameters = records[1].GetProperty("requestParameters");
        parameters.GetProperty("bucketName").GetString().ShouldBe("bucket");
        parameters.GetProperty("bucketPolicy").GetProperty("Statement")[0].GetProperty("Effect").GetString().ShouldBe("Deny");
        parameters.GetProperty("policy").GetString().ShouldBe("");
        records[0].GetProperty("requestParameters").GetProperty("PublicAccessBlockConfiguration").GetProperty("BlockPublicAcls").GetString().ShouldBe("false");
        records[0].GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe("arn:aws:s3:::bucket");
        records[0].GetProperty("readOnly").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("PUT", "/bucket?replication", "NotImplemented", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/bucket?inventory&id=x", "NotImplemented", HttpStatusCode.NotImplemented)]
    [InlineData("POST", "/bucket/k?select&select-type=2", "NotImplemented", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/none/k", "NoSuchBucket", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/Bad_Name", "InvalidBucketName", HttpStatusCode.BadRequest)]
    [InlineData("PUT", "/bucket?versioning", "MalformedXML", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/bucket?lifecycle", "NoSuchLifecycleConfiguration", HttpStatusCode.NotFound)]
    [InlineData("GET", "/bucket?policy", "NoSuchBucketPolicy", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/bucket/k", "MethodNotAllowed", HttpStatusCode.MethodNotAllowed)]
    public async Task Errors_are_S3s(string method, string path, string code, HttpStatusCode status)
    {
        await _s3.PutBucketAsync("bucket", Cancelled);

        using var response = await SendAsync(new(method), path, method is "PUT" or "POST" ? "" : null);

        (await CodeAsync(response), response.StatusCode).ShouldBe((code, status));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/xml");
    }

    [Fact]
    public async Task Stranger_without_credentials_is_refused()
    {
        await PutAsync("k", "content");
        using var http = _aws.Http();
        using var response = await http.GetAsync(new Uri("/bucket/k", UriKind.Relative), Cancelled);
        (response.StatusCode, await CodeAsync(response)).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"));
    }

    private static AmazonS3Client Client(LocalAwsHost aws) => new(LocalAwsHost.Credentials, aws.Configure(new AmazonS3Config { ForcePathStyle = true }));

    private async Task<string> PutAsync(string key, string content)
    {
        await _s3.PutBucketAsync("bucket", Cancelled);
        return (await _s3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = content }, Cancelled)).ETag;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var http = _aws.Http();
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, Cancelled);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        System.Xml.Linq.XElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)).Element("Code")?.Value;

    private static async Task<byte[]> ReadAsync(GetObjectResponse response)
    {
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content, Cancelled);
        return content.ToArray();
    }
}
