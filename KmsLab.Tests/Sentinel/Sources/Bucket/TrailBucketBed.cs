using System.IO.Compression;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Sources.Bucket;

/// <summary>
/// An endpoint with a trail that delivers to a bucket only, and a queue that hears of each file, with its dead-letter queue.
/// </summary>
internal sealed class TrailBucketBed : IAsyncDisposable
{
    public const string Bucket = "trail-bucket";

    private static readonly (string, string?)[] Settings =
        [("LocalAws:Trail:Name", ""), ("LocalAws:TrailFiles:Interval", "00:00:01"), ("LocalAws:TrailFiles:DigestInterval", "00:00:02")];

    private TrailBucketBed(LocalAwsHost aws)
    {
        Aws = aws;
        S3 = new(LocalAwsHost.Credentials, aws.Configure(new AmazonS3Config { ForcePathStyle = true }));
        Sqs = new(LocalAwsHost.Credentials, aws.Configure(new AmazonSQSConfig()));
    }

    public LocalAwsHost Aws { get; }

    public AmazonS3Client S3 { get; }

    public AmazonSQSClient Sqs { get; }

    public string QueueUrl { get; private set; } = "";

    public string DeadLetterUrl { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TrailBucketBed> StartAsync(string trail = "\"EnableLogFileValidation\":true")
    {
        var bed = new TrailBucketBed(await LocalAwsHost.StartAsync(Settings));
        await bed.S3.PutBucketAsync(Bucket, Cancellation);
        bed.DeadLetterUrl = (await bed.Sqs.CreateQueueAsync("kmslab-trail-dead", Cancellation)).QueueUrl;
        bed.QueueUrl = (await bed.Sqs.CreateQueueAsync(
            new CreateQueueRequest
            {
                QueueName = "kmslab-trail",
                Attributes = new() { ["RedrivePolicy"] = """{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:kmslab-trail-dead","maxReceiveCount":"5"}""" },
            },
            Cancellation)).QueueUrl;
        await bed.S3.PutBucketNotificationAsync(
            new() { BucketName = Bucket, QueueConfigurations = [new() { Queue = "arn:aws:sqs:us-east-1:000000000000:kmslab-trail", Events = [EventType.ObjectCreatedAll] }] }, Cancellation);
        using var created = await bed.Aws.PostJsonAsync(
            "cloudtrail", "CloudTrail_20131101.CreateTrail", $$"""{"Name":"files","S3BucketName":"{{Bucket}}"{{(trail.Length == 0 ? "" : "," + trail)}}}""");
        created.EnsureSuccessStatusCode();
        using var started = await bed.Aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.StartLogging", """{"Name":"files"}""");
        started.EnsureSuccessStatusCode();
        return bed;
    }

    /// <summary>A Sentinel that reads the queue and no log group.</summary>
    public Task<SentinelHost> SentinelAsync(params (string Key, string? Value)[] settings) =>
        SentinelHost.StartAsync(Aws.Url, [("Sentinel:LogGroups:0", ""), ("Sentinel:TrailQueues:0", QueueUrl), .. settings]);

    public Task PutAsync(string key, byte[] content) =>
        S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(content) }, Cancellation);

    public Task SendAsync(string body) => Sqs.SendMessageAsync(QueueUrl, body, Cancellation);

    /// <summary>The keys under a prefix, once there are enough.</summary>
    public async Task<List<string>> KeysAsync(string prefix, int atLeast)
    {
        List<string> keys = [];
        await UntilAsync(async () =>
        {
            keys = (await S3.ListObjectsV2Async(new() { BucketName = Bucket, Prefix = prefix }, Cancellation)).S3Objects?.ConvertAll(item => item.Key) ?? [];
            return keys.Count >= atLeast;
        });
        return keys;
    }

    /// <summary>The files of records, once each is in a digest.</summary>
    public async Task<List<string>> DigestedAsync()
    {
        List<string> files = [];
        await UntilAsync(async () =>
        {
            files = await KeysAsync("AWSLogs/000000000000/CloudTrail/", 1);
            var listed = "";
            foreach (var digest in await KeysAsync("AWSLogs/000000000000/CloudTrail-Digest/", 1))
                listed += await ReadAsync(digest);
            return files.TrueForAll(file => listed.Contains(file, StringComparison.Ordinal));
        });
        return files;
    }

    /// <summary>What an object holds, unpacked.</summary>
    public async Task<string> ReadAsync(string key)
    {
        using var answer = await S3.GetObjectAsync(Bucket, key, Cancellation);
        await using var unpacked = new GZipStream(answer.ResponseStream, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>A message of the dead-letter queue, once there is one.</summary>
    public async Task<Message> DeadLetterAsync()
    {
        Message? dead = null;
        await UntilAsync(async () => (dead = (await Sqs.ReceiveMessageAsync(
            new ReceiveMessageRequest { QueueUrl = DeadLetterUrl, MessageAttributeNames = ["All"], WaitTimeSeconds = 1 }, Cancellation)).Messages?.FirstOrDefault()) is not null);
        return dead!;
    }

    /// <summary>Whether the queue has neither messages nor such as are worked on.</summary>
    public async Task<bool> IsEmptyAsync()
    {
        var answer = await Sqs.GetQueueAttributesAsync(QueueUrl, ["All"], Cancellation);
        return answer.ApproximateNumberOfMessages + answer.ApproximateNumberOfMessagesNotVisible == 0;
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout.Token);
    }

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        Sqs.Dispose();
        await Aws.DisposeAsync();
    }
}
