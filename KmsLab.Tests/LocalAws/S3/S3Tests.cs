using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>S3 through AWS's own .NET client, which sends trailing checksums and checks those that it gets.</summary>
public sealed class S3Tests : S3TestBase
{
    [Fact]
    public async Task Object_comes_back_as_it_was_put()
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        var put = new PutObjectRequest { BucketName = "bucket", Key = "a/b c+ü.txt", ContentBody = "körner", ContentType = "text/plain; charset=utf-8" };
        put.Metadata["k"] = "v";
        put.Headers.CacheControl = "no-cache";
        var answer = await S3.PutObjectAsync(put, Cancelled);
        answer.ETag.ShouldBe("\"13e5933ef03f5dc2952c2d467d76e658\"", "the MD5 of körner");

        using var got = await S3.GetObjectAsync("bucket", "a/b c+ü.txt", Cancelled);
        using var reader = new StreamReader(got.ResponseStream);
        (await reader.ReadToEndAsync(Cancelled), got.Headers.ContentType, got.Metadata["k"], got.Headers.CacheControl).ShouldBe(("körner", "text/plain; charset=utf-8", "v", "no-cache"));
        (await S3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled)).S3Objects.ShouldHaveSingleItem().Key.ShouldBe("a/b c+ü.txt");

        await S3.DeleteObjectAsync("bucket", "a/b c+ü.txt", Cancelled);
        (await Should.ThrowAsync<AmazonS3Exception>(() => S3.GetObjectAsync("bucket", "a/b c+ü.txt", Cancelled))).ErrorCode.ShouldBe("NoSuchKey");
        await S3.DeleteBucketAsync("bucket", Cancelled);
        (await Should.ThrowAsync<AmazonS3Exception>(() => S3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled))).ErrorCode.ShouldBe("NoSuchBucket");
    }

    [Fact]
    public async Task Listing_rolls_folders_up_and_goes_on_behind_them()
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        foreach (var key in (string[])["a", "b/1", "b/2", "b/3", "c/1", "d", "é/1", "🔑"])
            await S3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = "" }, Cancelled);

        List<string> found = [];
        string? token = null;
        do
        {
            var page = await S3.ListObjectsV2Async(new() { BucketName = "bucket", Delimiter = "/", MaxKeys = 2, ContinuationToken = token }, Cancelled);
            found.AddRange((page.CommonPrefixes ?? []).Concat((page.S3Objects ?? []).Select(item => item.Key)).Order(StringComparer.Ordinal));
            token = page.NextContinuationToken;
        }
        while (token is not null);

        found.ShouldBe(["a", "b/", "c/", "d", "é/", "🔑"]);
        (await S3.ListObjectsV2Async(new() { BucketName = "bucket", Prefix = "b/", StartAfter = "b/1" }, Cancelled)).S3Objects.Select(item => item.Key).ShouldBe(["b/2", "b/3"]);
        var first = await S3.ListObjectsAsync(new ListObjectsRequest { BucketName = "bucket", Delimiter = "/", MaxKeys = 3 }, Cancelled);
        var second = await S3.ListObjectsAsync(new ListObjectsRequest { BucketName = "bucket", Delimiter = "/", Marker = first.NextMarker }, Cancelled);
        ((first.IsTruncated, first.NextMarker), second.CommonPrefixes.Single(), second.S3Objects.Select(item => item.Key).Order(StringComparer.Ordinal).First()).ShouldBe(((true, "c/"), "é/", "d"));
    }

    [Fact]
    public async Task Versions_are_kept_and_a_delete_marker_hides_them()
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        await S3.PutBucketVersioningAsync(new() { BucketName = "bucket", VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancelled);
        var first = (await S3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "1" }, Cancelled)).VersionId;
        var second = (await S3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "2" }, Cancelled)).VersionId;

        var deleted = await S3.DeleteObjectAsync("bucket", "k", Cancelled);
        deleted.DeleteMarker.ShouldBe("true");
        (await Should.ThrowAsync<AmazonS3Exception>(() => S3.GetObjectAsync("bucket", "k", Cancelled))).ErrorCode.ShouldBe("NoSuchKey");
        using (var old = await S3.GetObjectAsync("bucket", "k", first, Cancelled))
            (await ReadAsync(old)).ShouldBe("1"u8.ToArray());
        var versions = await S3.ListVersionsAsync("bucket", Cancelled);
        versions.Versions.Select(version => (version.VersionId, version.IsDeleteMarker == true, version.IsLatest == true)).ShouldBe([(deleted.VersionId, true, true), (second, false, false), (first, false, false)], ignoreOrder: true);
        (await Should.ThrowAsync<AmazonS3Exception>(() => S3.DeleteBucketAsync("bucket", Cancelled))).ErrorCode.ShouldBe("BucketNotEmpty");

        await S3.DeleteObjectAsync("bucket", "k", deleted.VersionId, Cancelled);
        using var latest = await S3.GetObjectAsync("bucket", "k", Cancelled);
        (await ReadAsync(latest)).ShouldBe("2"u8.ToArray());
    }

    [Fact]
    public async Task Locked_version_is_not_deleted()
    {
        await S3.PutBucketAsync(new PutBucketRequest { BucketName = "bucket", ObjectLockEnabledForBucket = true }, Cancelled);
        await S3.PutObjectLockConfigurationAsync(new()
        {
            BucketName = "bucket",
            ObjectLockConfiguration = new() { ObjectLockEnabled = ObjectLockEnabled.Enabled, Rule = new() { DefaultRetention = new() { Mode = ObjectLockRetentionMode.Compliance, Days = 1 } } },
        }, Cancelled);
        var version = (await S3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "1" }, Cancelled)).VersionId;

        (await Should.ThrowAsync<AmazonS3Exception>(() => S3.DeleteObjectAsync("bucket", "k", version, Cancelled))).ErrorCode.ShouldBe("AccessDenied");
        (await S3.GetObjectRetentionAsync(new() { BucketName = "bucket", Key = "k" }, Cancelled)).Retention.Mode.ShouldBe(ObjectLockRetentionMode.Compliance);
    }

    [Fact]
    public async Task Queue_is_told_of_objects()
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        using var created = await Aws.PostJsonAsync("sqs", "AmazonSQS.CreateQueue", """{"QueueName":"q"}""");
        await S3.PutBucketNotificationAsync(new()
        {
            BucketName = "bucket",
            QueueConfigurations = [new() { Id = "c", Queue = "arn:aws:sqs:us-east-1:000000000000:q", Events = [EventType.ObjectCreatedAll], Filter = new() { S3KeyFilter = new() { FilterRules = [new("prefix", "logs/"), new("suffix", ".gz")] } } }],
        }, Cancelled);
        foreach (var key in (string[])["logs/a b.gz", "logs/a.txt", "other.gz"])
            await S3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = "x" }, Cancelled);

        using var received = await Aws.PostJsonAsync("sqs", "AmazonSQS.ReceiveMessage", $$"""{"QueueUrl":"{{Aws.Url}}/000000000000/q","MaxNumberOfMessages":10}""");
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
        var address = await S3.GetPreSignedURLAsync(new() { BucketName = "bucket", Key = "k", Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5), Protocol = Protocol.HTTP });
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri(address), Cancelled)).ShouldBe("content");
        using var late = await http.GetAsync(new Uri($"{Aws.Url}/bucket/k?X-Amz-Credential=AKIALAB%2F20200101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=00"), Cancelled);
        (late.StatusCode, await CodeAsync(late)).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"));
    }

    [Fact]
    public async Task Buckets_and_objects_survive_a_restart_and_files_of_nobody_go()
    {
        var tag = await PutAsync("k", "content");
        var orphan = Path.Combine(Aws.DataDirectory, "objects", "ff", "ff000000000000000000000000000000");

        await Aws.RestartAsync(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(orphan)!);
            File.WriteAllText(orphan, "left behind");
        });

        S3.Dispose();
        S3 = Client(Aws);
        using var got = await S3.GetObjectAsync("bucket", "k", Cancelled);
        (got.ETag, Encoding.UTF8.GetString(await ReadAsync(got))).ShouldBe((tag, "content"));
        while (File.Exists(orphan))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
        Directory.EnumerateFiles(Path.Combine(Aws.DataDirectory, "objects"), "*", SearchOption.AllDirectories).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Files_go_with_the_last_object_that_is_made_of_them()
    {
        await PutAsync("k", "content");
        await S3.CopyObjectAsync("bucket", "k", "bucket", "copy", Cancelled);
        await S3.DeleteObjectAsync("bucket", "k", Cancelled);
        using (var copy = await S3.GetObjectAsync("bucket", "copy", Cancelled))
            (await ReadAsync(copy)).ShouldBe("content"u8.ToArray());

        var deleted = await S3.DeleteObjectsAsync(new() { BucketName = "bucket", Objects = [new() { Key = "copy" }, new() { Key = "none" }] }, Cancelled);

        deleted.DeletedObjects.Select(one => one.Key).ShouldBe(["copy", "none"]);
        Directory.EnumerateFiles(Path.Combine(Aws.DataDirectory, "objects"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Trail_has_what_is_done_to_buckets_and_nothing_of_objects()
    {
        await PutAsync("k", "content");
        await S3.PutBucketPolicyAsync("bucket", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}]}""", Cancelled);
        await S3.PutPublicAccessBlockAsync(new() { BucketName = "bucket", PublicAccessBlockConfiguration = new() { BlockPublicAcls = false } }, Cancelled);

        var records = (await Aws.LookupAsync()).Where(record => record.GetProperty("eventSource").GetString() == "s3.amazonaws.com").ToList();

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
        await S3.PutBucketAsync("bucket", Cancelled);

        using var response = await SendAsync(new(method), path, method is "PUT" or "POST" ? "" : null);

        (await CodeAsync(response), response.StatusCode).ShouldBe((code, status));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/xml");
    }

    [Fact]
    public async Task Stranger_without_credentials_is_refused()
    {
        await PutAsync("k", "content");
        using var http = Aws.Http();
        using var response = await http.GetAsync(new Uri("/bucket/k", UriKind.Relative), Cancelled);
        (response.StatusCode, await CodeAsync(response)).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"));
    }
}
