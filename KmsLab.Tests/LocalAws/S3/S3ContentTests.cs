using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>The content of objects: checksums, ranges, conditions, chunks and parts.</summary>
public sealed class S3ContentTests : S3TestBase
{
    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task Checksum_is_kept_and_answered(string algorithm)
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        await S3.PutObjectAsync(new() { BucketName = "bucket", Key = "k", ContentBody = "123456789", ChecksumAlgorithm = new(algorithm) }, Cancelled);

        var answer = await S3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = "bucket", Key = "k", ChecksumMode = ChecksumMode.ENABLED }, Cancelled);

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
        await S3.PutBucketAsync("bucket", Cancelled);
        using var response = await SendAsync(HttpMethod.Put, "/bucket/k", "content", (header, value));
        (await CodeAsync(response)).ShouldBe(code);
        (await S3.ListObjectsV2Async(new() { BucketName = "bucket" }, Cancelled)).KeyCount.ShouldBe(0);
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
        await S3.PutBucketAsync("bucket", Cancelled);
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
        await S3.PutBucketAsync("bucket", Cancelled);
        var content = RandomNumberGenerator.GetBytes(12 * 1024 * 1024);
        using (var transfer = new TransferUtility(S3, new TransferUtilityConfig { MinSizeBeforePartUpload = 5 * 1024 * 1024 }))
            await transfer.UploadAsync(new() { BucketName = "bucket", Key = "large", InputStream = new MemoryStream(content), PartSize = 5 * 1024 * 1024 }, Cancelled);

        using var whole = await S3.GetObjectAsync("bucket", "large", Cancelled);
        (await ReadAsync(whole)).ShouldBe(content);
        whole.ETag.ShouldEndWith("-3\"");
        using var range = await S3.GetObjectAsync(new GetObjectRequest { BucketName = "bucket", Key = "large", ByteRange = new(5 * 1024 * 1024 - 10, 5 * 1024 * 1024 + 9) }, Cancelled);
        (await ReadAsync(range)).ShouldBe(content[(5 * 1024 * 1024 - 10)..(5 * 1024 * 1024 + 10)]);
        using var part = await S3.GetObjectAsync(new GetObjectRequest { BucketName = "bucket", Key = "large", PartNumber = 3 }, Cancelled);
        ((await ReadAsync(part)).Length, part.PartsCount).ShouldBe((2 * 1024 * 1024, 3));
    }
}
