using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>LocalAws killed with -9 while objects, messages and keys come in: what it acknowledged is there, whoever is to be told is told, and each record is in one file of the trail.</summary>
public sealed class S3KillTests
{
    private const int Kills = 3;
    private const int Workers = 4;
    private const string TrailBucket = "kmslab-trail-000000000000";
    private const string QueueArn = "arn:aws:sqs:us-east-1:000000000000:q";

    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly ConcurrentDictionary<string, string> _objects = new();
    private readonly ConcurrentBag<string> _messages = [];
    private readonly ConcurrentBag<string> _keys = [];

    [Fact]
    public async Task Nothing_acknowledged_is_lost()
    {
        using var folder = new TempFolder();
        for (var kill = 0; kill < Kills; kill++)
        {
            var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
            using var server = await StartAsync(folder, address);
            if (kill == 0)
                await PrepareAsync(address);
            var target = _objects.Count + 60 + (kill * 47);
            var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => CallUntilRefusedAsync(address))).ToList();
            while (_objects.Count < target)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancelled);
            server.Kill();
            await Task.WhenAll(workers);
        }

        var last = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        using var survivor = await StartAsync(folder, last);
        using var s3 = Configure(last, new AmazonS3Config { ForcePathStyle = true }, config => new AmazonS3Client(LocalAwsHost.Credentials, config));
        foreach (var (key, digest) in _objects)
            Convert.ToHexString(SHA256.HashData(await ReadAsync(s3, "bucket", key))).ShouldBe(digest);

        var received = await DrainAsync(last);
        _messages.Except(received).ShouldBeEmpty();
        var told = received.Where(body => body.StartsWith('{')).SelectMany(body => JsonNode.Parse(body)!["Records"]?.AsArray() ?? []).Select(record => (string)record!["s3"]!["object"]!["key"]!).ToHashSet();
        _objects.Keys.Except(told).ShouldBeEmpty();

        // No key is made meanwhile: once all are found, none may come a second time.
        List<string> recorded = [];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (_keys.Except(recorded).Any())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, deadline.Token);
            recorded = await RecordedAsync(s3);
        }

        recorded.ShouldBeUnique();
    }

    private static async Task<LabProcess> StartAsync(TempFolder folder, Uri address)
    {
        var server = LabProcess.Start([$"--LocalAws:Url={address}", $"--LocalAws:DataDirectory={folder.Path}", "--LocalAws:TrailFiles:Interval=00:00:01"], program: "KmsLab.LocalAws");
        await server.WaitForAsync(address);
        return server;
    }

    private static async Task PrepareAsync(Uri address)
    {
        using var s3 = Configure(address, new AmazonS3Config { ForcePathStyle = true }, config => new AmazonS3Client(LocalAwsHost.Credentials, config));
        using var sqs = Configure(address, new AmazonSQSConfig(), config => new AmazonSQSClient(LocalAwsHost.Credentials, config));
        await s3.PutBucketAsync("bucket", Cancelled);
        await s3.PutBucketAsync(TrailBucket, Cancelled);
        await sqs.CreateQueueAsync("q", Cancelled);
        await s3.PutBucketNotificationAsync(new() { BucketName = "bucket", QueueConfigurations = [new() { Queue = QueueArn, Events = [EventType.ObjectCreatedAll] }] }, Cancelled);
    }

    private async Task CallUntilRefusedAsync(Uri address)
    {
        using var s3 = Configure(address, new AmazonS3Config { ForcePathStyle = true }, config => new AmazonS3Client(LocalAwsHost.Credentials, config));
        using var sqs = Configure(address, new AmazonSQSConfig(), config => new AmazonSQSClient(LocalAwsHost.Credentials, config));
        using var kms = Configure(address, new AmazonKeyManagementServiceConfig(), config => new AmazonKeyManagementServiceClient(LocalAwsHost.Credentials, config));
        try
        {
            var queue = (await sqs.GetQueueUrlAsync("q", CancellationToken.None)).QueueUrl;
            while (true)
            {
                var id = Guid.NewGuid().ToString("N");
                var content = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(300_000));
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = "bucket", Key = id, InputStream = new MemoryStream(content) }, CancellationToken.None);
                _objects[id] = Convert.ToHexString(SHA256.HashData(content));
                await sqs.SendMessageAsync(queue, id, CancellationToken.None);
                _messages.Add(id);
                _keys.Add((await kms.CreateKeyAsync(new(), CancellationToken.None)).KeyMetadata.Arn);
            }
        }
        catch (Exception error) when (error is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // The server is gone: what was under way was not acknowledged, and may or may not be there.
        }
    }

    private static async Task<List<string>> DrainAsync(Uri address)
    {
        using var sqs = Configure(address, new AmazonSQSConfig(), config => new AmazonSQSClient(LocalAwsHost.Credentials, config));
        var queue = (await sqs.GetQueueUrlAsync("q", Cancelled)).QueueUrl;
        List<string> bodies = [];
        while (await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, MaxNumberOfMessages = 10 }, Cancelled) is { Messages: { Count: > 0 } messages })
        {
            bodies.AddRange(messages.Select(message => message.Body));
            await sqs.DeleteMessageBatchAsync(queue, [.. messages.Select((message, i) => new DeleteMessageBatchRequestEntry($"m{i}", message.ReceiptHandle))], Cancelled);
        }

        return bodies;
    }

    /// <summary>The keys whose creation is recorded in the trail's files.</summary>
    private static async Task<List<string>> RecordedAsync(AmazonS3Client s3)
    {
        List<string> keys = [];
        await foreach (var item in s3.Paginators.ListObjectsV2(new() { BucketName = TrailBucket, Prefix = "AWSLogs/000000000000/CloudTrail/" }).S3Objects.WithCancellation(Cancelled))
        {
            await using var unpacked = new GZipStream(new MemoryStream(await ReadAsync(s3, TrailBucket, item.Key)), CompressionMode.Decompress);
            using var reader = new StreamReader(unpacked);
            keys.AddRange(JsonNode.Parse(await reader.ReadToEndAsync(Cancelled))!["Records"]!.AsArray()
                .Where(record => (string?)record!["eventName"] == "CreateKey").Select(record => (string)record!["resources"]![0]!["ARN"]!));
        }

        return keys;
    }

    private static async Task<byte[]> ReadAsync(AmazonS3Client s3, string bucket, string key)
    {
        using var response = await s3.GetObjectAsync(bucket, key, Cancelled);
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content, Cancelled);
        return content.ToArray();
    }

    private static TClient Configure<TConfig, TClient>(Uri address, TConfig config, Func<TConfig, TClient> make) where TConfig : ClientConfig
    {
        config.ServiceURL = address.ToString();
        config.AuthenticationRegion = LocalAwsHost.Region;
        config.MaxErrorRetry = 0;
        return make(config);
    }
}
