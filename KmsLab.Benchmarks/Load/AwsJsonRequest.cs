using System.Text;
using System.Text.Json.Nodes;

namespace KmsLab.Benchmarks.Load;

/// <summary>An AWS JSON 1.1 request as bytes, signed in form only: neither server under test verifies signatures.</summary>
internal static class AwsJsonRequest
{
    public static byte[] Create(string service, string target, JsonObject body)
    {
        var content = Encoding.UTF8.GetBytes(body.ToJsonString());
        var head = $"""
            POST / HTTP/1.1
            Host: localhost
            Content-Type: application/x-amz-json-1.1
            X-Amz-Target: {target}
            X-Amz-Date: 20260101T000000Z
            Authorization: AWS4-HMAC-SHA256 Credential=AKIABENCHMARK0000000/20260101/us-east-1/{service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={new string('0', 64)}
            User-Agent: kmslab-benchmarks
            Content-Length: {content.Length}


            """.ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
