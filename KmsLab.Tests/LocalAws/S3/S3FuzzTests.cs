using System.Text;
using CsCheck;
using KmsLab.LocalAws.State;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>Odd requests to S3: its own errors or an answer, never a 500, and the state keeps taking writes.</summary>
public sealed class S3FuzzTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private static readonly Gen<string> Method = Gen.OneOf("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH");

    private static readonly Gen<string> Path = Gen.OneOf("/", "/b", "/bucket", "/bucket/", "/bucket/k", "/bucket/k%00", "/bucket/%ED%A0%80", "/bucket/a//b/../c", "/bucket/%", "/none/k", "/BUCKET", "/bucket/ä");

    private static readonly Gen<string> Query = Gen.OneOf(
        "", "?acl", "?policy", "?versioning", "?lifecycle", "?notification", "?object-lock", "?tagging", "?encryption", "?publicAccessBlock", "?ownershipControls", "?cors", "?location", "?uploads", "?versions", "?delete",
        "?uploadId=x", "?uploadId=x&partNumber=1", "?partNumber=0&uploadId=", "?partNumber=99999999999", "?versionId=", "?versionId=null", "?retention", "?legal-hold", "?attributes", "?restore", "?select", "?torrent",
        "?list-type=2", "?list-type=2&max-keys=-1", "?list-type=2&max-keys=1&continuation-token=x", "?list-type=2&continuation-token=", "?list-type=2&delimiter=%00&prefix=%ff", "?delimiter=k&prefix=", "?encoding-type=x", "?prefix=%F0%9F%94%91&marker=%F0%9F%94%91",
        "?versions&key-marker=k&version-id-marker=x&delimiter=/", "?max-buckets=x", "?response-content-type=%0d%0aX: y", "?X-Amz-Expires=x&X-Amz-Date=y", "?AWSAccessKeyId=&Expires=9999999999999999");

    private static readonly Gen<string> Body = Gen.OneOf(
        "", "x", "{}", "<", "<a/>", "<!DOCTYPE a [<!ENTITY b \"c\">]><Delete>&b;</Delete>", "<Delete/>", "<Delete><Object><Key>k</Key></Object><Object/></Delete>", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>", "<Tagging/>", "<NotificationConfiguration><QueueConfiguration/></NotificationConfiguration>",
        "<NotificationConfiguration><TopicConfiguration><Topic>arn:aws:sns:us-east-1:000000000000:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>", "<ObjectLockConfiguration/>", "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>x</RetainUntilDate></Retention>",
        "<LegalHold><Status>ON</Status></LegalHold>", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", "<CreateBucketConfiguration><LocationConstraint>EU</LocationConstraint></CreateBucketConfiguration>",
        "{\"Statement\":[{}]}", "{\"Statement\":{\"Resource\":\"*\"}}", "{\"Statement\":\"\\ud800\"}", "5\r\nhello\r\n0\r\n\r\n", "ffffffffffff\r\n");

    private static readonly Gen<(string, string)> Header = Gen.OneOf(
        ("X-Nothing", ""), ("Range", "bytes=0-0"), ("Range", "bytes=-0"), ("Range", "bytes=5-1"), ("Range", "x"), ("If-Match", "*"), ("If-None-Match", "*"), ("If-None-Match", "x"), ("If-Modified-Since", "x"), ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("x-amz-copy-source", "bucket/k"), ("x-amz-copy-source", "/"), ("x-amz-copy-source", "%ff/%"), ("x-amz-copy-source-range", "bytes=0-"), ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-algorithm", "x"), ("x-amz-sdk-checksum-algorithm", "SHA1"),
        ("x-amz-trailer", "x-amz-checksum-sha256"), ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), ("x-amz-decoded-content-length", "x"), ("Content-MD5", "x"), ("x-amz-tagging", "&&="), ("x-amz-storage-class", "x"), ("x-amz-acl", "public-read"),
        ("x-amz-server-side-encryption", "x"), ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", "x"), ("x-amz-meta-k", "ä\u0001"), ("x-amz-object-attributes", "x"), ("x-amz-checksum-mode", "ENABLED"), ("x-amz-checksum-type", "COMPOSITE"),
        ("x-amz-metadata-directive", "x"), ("x-amz-bypass-governance-retention", "true"), ("Host", "bucket.localhost"), ("Content-Encoding", "gzip"), ("x-amz-bucket-object-lock-enabled", "true"));

    [Fact]
    public async Task Odd_requests_are_answered_never_with_500()
    {
        using var http = aws.Host.Http();
        using var created = await SendAsync(http, "PUT", "/bucket", "", []);

        await Gen.Select(Method, Path, Query, Body, Header.Array[0, 3]).SampleAsync(async (method, path, query, body, headers) =>
        {
            using var response = await SendAsync(http, method, path + query, body, headers);
            var text = await response.Content.ReadAsStringAsync();
            (response.StatusCode is System.Net.HttpStatusCode.NotImplemented || (int)response.StatusCode < 500).ShouldBeTrue($"{method} {path}{query} {string.Join(' ', headers)} {body}: {text}");
        }, iter: 3000, threads: 1);

        aws.Host.Services.GetRequiredService<StateStore>().Failure.ShouldBeNull();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method is "PUT" or "POST")
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00");
        foreach (var (name, value) in headers)
        {
            if (value.All(c => c is >= ' ' and <= '~') && !request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
