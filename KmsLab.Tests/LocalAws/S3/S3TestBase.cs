using System.Text;
using Amazon.S3;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>An endpoint and AWS's own .NET client of S3, for a class of tests.</summary>
public abstract class S3TestBase : IAsyncLifetime
{
    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected LocalAwsHost Aws { get; private set; } = null!;

    private protected AmazonS3Client S3 { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Aws = await LocalAwsHost.StartAsync();
        S3 = Client(Aws);
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        await Aws.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static AmazonS3Client Client(LocalAwsHost aws) =>
        new(LocalAwsHost.Credentials, aws.Configure(new AmazonS3Config { ForcePathStyle = true }));

    private protected async Task<string> PutAsync(string key, string content)
    {
        await S3.PutBucketAsync("bucket", Cancelled);
        return (await S3.PutObjectAsync(new() { BucketName = "bucket", Key = key, ContentBody = content }, Cancelled)).ETag;
    }

    private protected async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var http = Aws.Http();
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

    private protected static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        System.Xml.Linq.XElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)).Element("Code")?.Value;

    private protected static async Task<byte[]> ReadAsync(Amazon.S3.Model.GetObjectResponse response)
    {
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content, Cancelled);
        return content.ToArray();
    }
}
