using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>A message that is Sentinel's until its time runs out.</summary>
/// <param name="Id">Its own, the same at each reception.</param>
/// <param name="Body">The text that was sent.</param>
/// <param name="Receipt">Shows the queue that it is this reception.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Receptions">How often it has been received.</param>
internal sealed record QueuedMessage(string Id, string Body, string Receipt, DateTimeOffset SentAt, int Receptions);

/// <summary>The SQS queue that hears of a bucket's objects.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html</remarks>
internal sealed partial class TrailQueue(IAmazonSQS sqs, string url)
{
    /// <summary>How long a message is hidden from others; it is hidden anew, while it is worked on, after half of it.</summary>
    public static readonly TimeSpan Hidden = TimeSpan.FromMinutes(2);

    private const int MostMessages = 10;

    /// <summary>Characters that a reason is cut to: a message with its attributes has 256 KiB at most.</summary>
    private const int LongestReason = 1000;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(15);

    private string? _deadLetters;
    private bool _knowsDeadLetters;

    /// <summary>The queue's name.</summary>
    public string Name => NameOf(url);

    /// <summary>The Region in a queue's URL; null where it names none, as in the lab.</summary>
    public static string? RegionOf(string url) => Host().Match(url) is { Success: true } host ? host.Groups["region"].Value : null;

    /// <summary>Receives some messages, and waits for them, as long as SQS does.</summary>
    /// <returns>None if none came.</returns>
    /// <exception cref="SourceAbsentException">There is no such queue.</exception>
    public async Task<IReadOnlyList<QueuedMessage>> ReceiveAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = url,
            MaxNumberOfMessages = MostMessages,
            WaitTimeSeconds = (int)wait.TotalSeconds,
            VisibilityTimeout = (int)Hidden.TotalSeconds,
            MessageSystemAttributeNames = ["SentTimestamp", "ApproximateReceiveCount"],
        };
        try
        {
            var answer = await sqs.ReceiveMessageAsync(request, cancellationToken);
            return [.. (answer.Messages ?? []).Select(QueuedOf)];
        }
        catch (QueueDoesNotExistException absent)
        {
            throw new SourceAbsentException($"There is no queue {url}.", absent);
        }
    }

    /// <summary>Hides messages for longer.</summary>
    public async Task KeepAsync(IReadOnlyCollection<QueuedMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var some in messages.Chunk(MostMessages))
            await HideAsync(some.Select(message => (message, Hidden)), cancellationToken);
    }

    /// <summary>Gives messages back, to be received again.</summary>
    public Task ReturnAsync(IReadOnlyCollection<QueuedMessage> messages) =>
        HideAsync(messages.Select(message => (message, TimeSpan.Zero)), CancellationToken.None);

    /// <summary>Gives a message back that could not be worked on: the more often that was so, the later it is received again.</summary>
    public Task RetryAsync(QueuedMessage message, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(5) * Math.Pow(2, Math.Clamp(message.Receptions - 1, 0, 10));
        return HideAsync([(message, pause < LongestRetry ? pause : LongestRetry)], cancellationToken);
    }

    /// <summary>Deletes a message: what it told of is committed.</summary>
    public Task DeleteAsync(QueuedMessage message, CancellationToken cancellationToken) =>
        sqs.DeleteMessageAsync(new DeleteMessageRequest { QueueUrl = url, ReceiptHandle = message.Receipt }, cancellationToken);

    /// <summary>
    /// Puts a message that is no use into the queue's dead-letter queue, with the reason as its attribute <c>Reason</c>; where there is none it is deleted.
    /// </summary>
    public async Task SetAsideAsync(QueuedMessage message, string reason, CancellationToken cancellationToken)
    {
        if (await DeadLettersAsync(cancellationToken) is { } deadLetters)
        {
            await sqs.SendMessageAsync(
                new SendMessageRequest
                {
                    QueueUrl = deadLetters,
                    MessageBody = message.Body,
                    MessageAttributes = new()
                    {
                        ["Reason"] = new MessageAttributeValue { DataType = "String", StringValue = reason.Length > LongestReason ? reason[..LongestReason] : reason },
                    },
                },
                cancellationToken);
        }

        await DeleteAsync(message, cancellationToken);
    }

    private static string NameOf(string url) => url.TrimEnd('/') is var trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : url;

    private async Task HideAsync(IEnumerable<(QueuedMessage Message, TimeSpan For)> messages, CancellationToken cancellationToken)
    {
        List<ChangeMessageVisibilityBatchRequestEntry> entries = [.. messages.Select((pair, index) => new ChangeMessageVisibilityBatchRequestEntry
        {
            Id = $"m{index}", ReceiptHandle = pair.Message.Receipt, VisibilityTimeout = (int)pair.For.TotalSeconds,
        })];
        if (entries.Count > 0)
            await sqs.ChangeMessageVisibilityBatchAsync(new ChangeMessageVisibilityBatchRequest { QueueUrl = url, Entries = entries }, cancellationToken);
    }

    private async Task<string?> DeadLettersAsync(CancellationToken cancellationToken)
    {
        if (_knowsDeadLetters)
            return _deadLetters;

        var answer = await sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = url, AttributeNames = ["RedrivePolicy"] }, cancellationToken);
        if (answer.Attributes?.TryGetValue("RedrivePolicy", out var policy) == true && TargetOf(policy) is [.., var owner, var name])
            _deadLetters = (await sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = name, QueueOwnerAWSAccountId = owner }, cancellationToken)).QueueUrl;
        _knowsDeadLetters = true;
        return _deadLetters;
    }

    /// <summary>The parts of the ARN of a policy's dead-letter queue.</summary>
    private static string[] TargetOf(string policy)
    {
        using var json = JsonDocument.Parse(policy);
        return json.RootElement.TryGetProperty("deadLetterTargetArn", out var arn) && arn.GetString() is { } text ? text.Split(':') : [];
    }

    private static QueuedMessage QueuedOf(Message message) => new(
        message.MessageId, message.Body, message.ReceiptHandle, DateTimeOffset.FromUnixTimeMilliseconds(Number(message, "SentTimestamp")),
        (int)Number(message, "ApproximateReceiveCount"));

    private static long Number(Message message, string attribute) =>
        message.Attributes?.TryGetValue(attribute, out var text) == true && long.TryParse(text, out var number) ? number : 0;

    [GeneratedRegex(@"^https://(?:sqs\.(?<region>[a-z0-9-]+)|(?<region>[a-z0-9-]+)\.queue)\.amazonaws\.com", RegexOptions.ExplicitCapture)]
    private static partial Regex Host();
}
