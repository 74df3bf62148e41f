using System.Text;

namespace KmsLab.Benchmarks.Load;

/// <summary>A request to S3 in path style as bytes, signed in form only.</summary>
internal static class S3Request
{
    public static byte[] Create(string method, string path, byte[]? content = null)
    {
        var head = $"""
            {method} {path} HTTP/1.1
            Host: localhost
            X-Amz-Date: 20260101T000000Z
            X-Amz-Content-Sha256: UNSIGNED-PAYLOAD
            Authorization: AWS4-HMAC-SHA256 Credential=AKIABENCHMARK0000000/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={new string('0', 64)}
            User-Agent: kmslab-benchmarks
            Content-Length: {content?.Length ?? 0}


            """.ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. content ?? []];
    }
}
