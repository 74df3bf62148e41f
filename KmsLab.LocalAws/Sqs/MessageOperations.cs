using System.Globalization;
using System.Text;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>The operations on messages, single and in batches.</summary>
internal sealed class MessageOperations(
    QueueStore queues, QueueFinder finder, QueueSender sender, QueueSignals signals, StateStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MaxBatch = 10;
    private const int MaxBatchBytes = 1_048_576;
    private const int MaxTimeout = 43_200;

    public SendMessageResponse SendMessage(AwsCall call, SendMessageRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        var entry = new SendMessageBatchRequestEntry
        {
            MessageBody = request.MessageBody,
            DelaySeconds = request.DelaySeconds,
            MessageAttributes = request.MessageAttributes,
            MessageSystemAttributes = request.MessageSystemAttributes,
            MessageDeduplicationId = request.MessageDeduplicationId,
            MessageGroupId = request.MessageGroupId,
        };
        Check(queue, entry);
        var sent = Send(call, queue, entry);
        return new()
        {
            MessageId = sent.MessageId,
            MD5OfMessageBody = sent.MD5OfMessageBody,
            MD5OfMessageAttributes = sent.MD5OfMessageAttributes,
            MD5OfMessageSystemAttributes = sent.MD5OfMessageSystemAttributes,
        };
    }

    public SendMessageBatchResponse SendMessageBatch(AwsCall call, SendMessageBatchRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        CheckBatch(request.Entries!);
        if (request.Entries!.Sum(entry => (long)MessageRules.SizeOf(entry.MessageBody!, entry.MessageAttributes)) is > MaxBatchBytes and var size)
            throw SqsErrors.Batch("BatchRequestTooLong", $"Batch requests cannot be longer than {MaxBatchBytes} bytes. You have sent {size} bytes.");
        List<BatchResultErrorEntry> failed = [];
        var successful = Each(request.Entries!, failed, entry =>
        {
            Check(queue, entry);
            return Send(call, queue, entry);
        });
        return new() { Successful = successful, Failed = failed };
    }

    public async ValueTask<ReceiveMessageResponse> ReceiveMessage(AwsCall call, ReceiveMessageRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        var max = request.MaxNumberOfMessages ?? 1;
        if (max is < 1 or > MaxBatch)
            throw SqsErrors.InvalidParameter($"Value {max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.");
        if (request.WaitTimeSeconds is < 0 or > 20)
            throw SqsErrors.InvalidParameter($"Value {request.WaitTimeSeconds} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.");
        if (request.ReceiveRequestAttemptId is { } attempt)
            throw SqsErrors.NotForStandard(attempt, "ReceiveRequestAttemptId");
        CheckTimeout(request.VisibilityTimeout);
        var system = (request.AttributeNames ?? []).Concat(request.MessageSystemAttributeNames ?? []).ToHashSet();
        if (system.FirstOrDefault(name => !SystemAttributes.Names.Contains(name)) is { } unknown)
            throw SqsErrors.InvalidAttributeName(unknown);

        var timeout = request.VisibilityTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : queue.VisibilityTimeout;
        var wait = request.WaitTimeSeconds is { } asked ? TimeSpan.FromSeconds(asked) : queue.WaitTime;
        var received = await ReceiveAsync(call, queue, max, timeout, call.Time + wait);
        return new() { Messages = received.Count == 0 ? null : received.ConvertAll(message => Shown(message, system, request.MessageAttributeNames ?? [])) };
    }

    public NoOutput DeleteMessage(AwsCall call, DeleteMessageRequest request)
    {
        Delete(call, finder.Find(call, request.QueueUrl!), request.ReceiptHandle!);
        return NoOutput.Instance;
    }

    public DeleteMessageBatchResponse DeleteMessageBatch(AwsCall call, DeleteMessageBatchRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        CheckBatch(request.Entries!);
        List<BatchResultErrorEntry> failed = [];
        var successful = Each(request.Entries!, failed, entry =>
        {
            Delete(call, queue, entry.ReceiptHandle!);
            return new BatchResultEntry { Id = entry.Id };
        });
        return new() { Successful = successful, Failed = failed };
    }

    public async ValueTask<NoOutput> ChangeMessageVisibility(AwsCall call, ChangeMessageVisibilityRequest request)
    {
        await ChangeVisibilityAsync(finder.Find(call, request.QueueUrl!), request.ReceiptHandle!, request.VisibilityTimeout);
        return NoOutput.Instance;
    }

    public async ValueTask<ChangeMessageVisibilityBatchResponse> ChangeMessageVisibilityBatch(AwsCall call, ChangeMessageVisibilityBatchRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        CheckBatch(request.Entries!);
        var response = new ChangeMessageVisibilityBatchResponse { Successful = [], Failed = [] };
        foreach (var entry in request.Entries!)
        {
            try
            {
                await ChangeVisibilityAsync(queue, entry.ReceiptHandle!, entry.VisibilityTimeout ?? 0);
                response.Successful.Add(new() { Id = entry.Id });
            }
            catch (AwsException error)
            {
                response.Failed.Add(Failure(entry, error));
            }
        }

        return response;
    }

    private static void Check(Queue queue, SendMessageBatchRequestEntry entry)
    {
        if (entry.DelaySeconds is < 0 or > 900)
            throw SqsErrors.InvalidParameter($"Value {entry.DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.");
        if (entry.MessageDeduplicationId is { } deduplication)
            throw SqsErrors.NotForStandard(deduplication, "MessageDeduplicationId");
        if (entry.MessageGroupId is { } group)
            MessageRules.CheckId(group, "MessageGroupId");
        MessageRules.Check(entry.MessageBody!, entry.MessageAttributes, entry.MessageSystemAttributes, queue.MaxMessageSize);
    }

    private SendMessageBatchResultEntry Send(AwsCall call, Queue queue, SendMessageBatchRequestEntry entry)
    {
        var message = new NewMessage(
            Guid.NewGuid().ToString(), entry.MessageBody!, entry.MessageAttributes, call.Caller.UserId, entry.MessageSystemAttributes?.GetValueOrDefault("AWSTraceHeader")?.StringValue, entry.MessageGroupId);
        call.AnswerAfter(sender.Send(queue, message, entry.DelaySeconds is { } delay ? TimeSpan.FromSeconds(delay) : queue.Delay));
        return new()
        {
            Id = entry.Id,
            MessageId = message.Id,
            MD5OfMessageBody = MessageRules.Md5(message.Body),
            MD5OfMessageAttributes = MessageRules.Md5(entry.MessageAttributes),
            MD5OfMessageSystemAttributes = MessageRules.Md5(entry.MessageSystemAttributes),
        };
    }

    /// <summary>Receives at once, or as soon as a message comes, or becomes visible again, until the deadline.</summary>
    private async Task<List<StoredMessage>> ReceiveAsync(AwsCall call, Queue queue, int max, TimeSpan timeout, DateTimeOffset deadline)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, lifetime.ApplicationStopping);
        while (true)
        {
            var signal = signals.Next(queue.Key);
            var deadLetters = queue.Redrive is { } redrive ? queues.Find(redrive.TargetArn)?.Key : null;
            var now = time.GetUtcNow();
            var (received, next) = await store.WriteAsync(session =>
            {
                var (found, hasMoved) = MessageTable.Receive(session, queue, deadLetters, max, now, timeout);
                if (hasMoved)
                    signals.Raise(deadLetters!);
                return (found, found.Count == 0 ? MessageTable.NextVisible(session, queue.Key) : null);
            });
            if (received.Count > 0 || now >= deadline || either.IsCancellationRequested)
                return received;

            var until = next is { } visible && DateTimeOffset.FromUnixTimeMilliseconds(visible) is var due && due < deadline ? due : deadline;
            var pause = TimeSpan.FromMilliseconds(Math.Max(1, (until - now).TotalMilliseconds));
            await Task.WhenAny(signal, Task.Delay(pause, time, either.Token));
            call.Aborted.ThrowIfCancellationRequested();
        }
    }

    private static Message Shown(StoredMessage message, HashSet<string> system, List<string> names)
    {
        var attributes = message.Attributes.Where(attribute => names.Exists(name => IsAsked(name, attribute.Key))).ToDictionary();
        return new()
        {
            MessageId = message.MessageId,
            ReceiptHandle = Receipt.Write(message),
            MD5OfBody = MessageRules.Md5(message.Body),
            Body = message.Body,
            Attributes = SystemAttributes.Of(message, system),
            MessageAttributes = attributes.Count == 0 ? null : attributes,
            MD5OfMessageAttributes = MessageRules.Md5(attributes),
        };
    }

    private static bool IsAsked(string pattern, string name) =>
        pattern is "All" or ".*" || pattern == name || (pattern.EndsWith(".*", StringComparison.Ordinal) && name.StartsWith(pattern[..^2], StringComparison.Ordinal));

    private static void Delete(AwsCall call, Queue queue, string handle)
    {
        var id = Receipt.Read(handle);
        call.Write(session => MessageTable.Delete(session, queue.Key, id));
    }

    private async Task ChangeVisibilityAsync(Queue queue, string handle, int? seconds)
    {
        CheckTimeout(seconds);
        var id = Receipt.Read(handle);
        var changed = await store.WriteAsync(session =>
        {
            var isInFlight = MessageTable.ChangeVisibility(session, queue.Key, id, time.GetUtcNow(), TimeSpan.FromSeconds(seconds ?? 0));
            signals.Raise(queue.Key);
            return isInFlight;
        });
        if (!changed)
            throw SqsErrors.NotInFlight();
    }

    private static void CheckTimeout(int? seconds)
    {
        if (seconds is < 0 or > MaxTimeout)
            throw SqsErrors.InvalidParameter($"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and {MaxTimeout}.");
    }

    private static void CheckBatch(IReadOnlyList<IBatchEntry> entries)
    {
        if (entries.Count == 0)
            throw SqsErrors.Batch("EmptyBatchRequest", "There should be at least one entry in the request.");
        if (entries.Count > MaxBatch)
            throw SqsErrors.Batch("TooManyEntriesInBatchRequest", $"Maximum number of entries per request are {MaxBatch}. You have sent {entries.Count}.");
        if (entries.Any(entry => entry.Id!.Length is 0 or > 80 || entry.Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_')))
            throw SqsErrors.Batch("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.");
        if (entries.GroupBy(entry => entry.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw SqsErrors.Batch("BatchEntryIdsNotDistinct", $"Id {twice.Key} repeated.");
    }

    private static List<TResult> Each<TEntry, TResult>(List<TEntry> entries, List<BatchResultErrorEntry> failed, Func<TEntry, TResult> act) where TEntry : IBatchEntry
    {
        List<TResult> successful = [];
        foreach (var entry in entries)
        {
            try
            {
                successful.Add(act(entry));
            }
            catch (AwsException error)
            {
                failed.Add(Failure(entry, error));
            }
        }

        return successful;
    }

    private static BatchResultErrorEntry Failure(IBatchEntry entry, AwsException error) =>
        new() { Id = entry.Id, Code = error.QueryCode ?? error.Code, Message = error.Message, SenderFault = error.Status < 500 };
}

/// <summary>The handle by which a received message is deleted: it names the message and the receive.</summary>
internal static class Receipt
{
    public static string Write(StoredMessage message) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Id} {message.Received} {message.MessageId}")));

    /// <exception cref="AwsException">ReceiptHandleIsInvalid.</exception>
    public static long Read(string handle)
    {
        Span<byte> bytes = stackalloc byte[128];
        if (handle.Length <= 160 && Convert.TryFromBase64String(handle, bytes, out var length)
            && Encoding.ASCII.GetString(bytes[..length]).Split(' ') is [var id, _, _] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        throw SqsErrors.InvalidReceipt(handle);
    }
}

/// <summary>What SQS itself knows of a message.</summary>
internal static class SystemAttributes
{
    public static readonly IReadOnlySet<string> Names = new HashSet<string>
    {
        "All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp", "AWSTraceHeader", "DeadLetterQueueSourceArn",
        "SequenceNumber", "MessageDeduplicationId", "MessageGroupId",
    };

    public static Dictionary<string, string>? Of(StoredMessage message, HashSet<string> names)
    {
        (string Name, string? Value)[] known =
        [
            ("SenderId", message.Sender),
            ("ApproximateFirstReceiveTimestamp", Text(message.FirstReceived)),
            ("ApproximateReceiveCount", Text(message.Received)),
            ("SentTimestamp", Text(message.Sent)),
            ("AWSTraceHeader", message.Trace),
            ("DeadLetterQueueSourceArn", message.Source),
            ("MessageGroupId", message.Group),
        ];
        var found = known.Where(attribute => attribute.Value is not null && (names.Contains("All") || names.Contains(attribute.Name))).ToDictionary(a => a.Name, a => a.Value!);
        return found.Count == 0 ? null : found;
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
