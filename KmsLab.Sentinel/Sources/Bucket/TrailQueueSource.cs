using System.Runtime.CompilerServices;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>
/// The files that trails deliver to S3, as an SQS queue tells of them: for an organisation's trail, and for many records.
/// </summary>
/// <remarks>
/// <para>
/// A message is deleted once its files' records are committed, so nothing is lost; what is told of twice counts once, by its eventIDs. What can't be read
/// now is tried again, later each time, until the queue's own redrive policy gives it up. What never will be (no notice, an object that is gone or too large)
/// is kept aside like a malformed record, and its message put into the dead-letter queue with the reason.
/// </para>
/// <para>A pass is over when the queue is empty, or when all that it still gives was sent since the pass began: SQS keeps no exact order, but nearly.</para>
/// </remarks>
internal sealed partial class TrailQueueSource(
    TrailQueue queue, TrailBucket bucket, IDigestWatch digests, TimeProvider time, ILogger<TrailQueueSource> logger) : IRecordSource
{
    private const int EventsAPage = 2000;

    private const string NoRecords =
        "It is named like a file of CloudTrail's records and holds none: CloudTrail did not write it so. Verify the bucket: Sentinel verify.";

    /// <summary>The longest that SQS lets one wait.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    public string Name { get; } = $"queue:{queue.Name}";

    public bool GivesOnce => true;

    /// <summary>Reads what the queue tells of, whenever it was delivered: a message that comes late may be of an old file.</summary>
    public async IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        string? later = null;
        for (var isOver = false; !isOver;)
        {
            var messages = await queue.ReceiveAsync(Wait, cancellationToken);
            isOver = messages.All(message => message.SentAt >= begun);
            await using var batch = new MessageBatch(queue, messages, time);
            var works = messages.Select(message => new MessageWork(message, ObjectNotice.Read(message.Body))).OrderBy(work => work.DeliveredAt).ToList();
            for (var index = 0; index < works.Count; index++)
            {
                // The next message's objects come while this one's are judged, and no more: somebody may have put large ones there.
                foreach (var work in works.Skip(index).Take(2))
                    work.Fetch(bucket, cancellationToken);
                await foreach (var page in PagesAsync(works[index], cancellationToken))
                    yield return page;

                // Whoever asked for what comes after the last page has committed it.
                await CloseAsync(works[index], batch, cancellationToken);
                later = works[index].Later ?? later;
            }
        }

        if (later is not null)
            throw new UnreadObjectException(later);
    }

    /// <summary>Reads what a message tells of, and notes what became of it.</summary>
    private async IAsyncEnumerable<SourcePage> PagesAsync(MessageWork work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (work.Useless is { } unreadable)
            yield return Aside($"{Name}/{work.Message.Id}", unreadable);
        foreach (var item in work.Objects)
        {
            switch (await item.TakeAsync())
            {
                case null:
                    Log.PassedOver(logger, item.Object.Place, item.Object.Kind);
                    break;
                case { Problem: { } gone, IsForGood: true }:
                    work.Useless ??= $"{item.Object.Place}: {gone}";
                    yield return Aside(item.Object.Place, gone);
                    break;
                case { Problem: { } unread }:
                    work.Later ??= unread;
                    break;
                case var fetched when item.Object.Kind == TrailObjectKind.Digest:
                    var check = await digests.CheckAsync(item.Object, item.Region, fetched, cancellationToken);
                    work.Later ??= check.Unknown;
                    yield return new([]) { Findings = check.Findings };
                    break;
                case var fetched:
                    await foreach (var page in PagesAsync(item.Object, fetched.Content!, cancellationToken))
                        yield return page;
                    break;
            }
        }
    }

    private async Task CloseAsync(MessageWork work, MessageBatch batch, CancellationToken cancellationToken)
    {
        if (work.Later is not null)
        {
            await batch.RetryAsync(work.Message, cancellationToken);
        }
        else if (work.Useless is { } reason)
        {
            Log.SetAside(logger, Name, reason);
            await batch.SetAsideAsync(work.Message, reason, cancellationToken);
        }
        else
        {
            await batch.DeleteAsync(work.Message, cancellationToken);
        }
    }

    private static SourcePage Aside(string place, string problem) => new([new SourceEvent(default, place, problem)]);

    private static async IAsyncEnumerable<SourcePage> PagesAsync(
        TrailObject item, byte[] content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = new FilePosition(item.Place, content.Length, 0, null, 0, 0, 0, false);
        await using var file = await RecordFile.OpenStreamAsync(new MemoryStream(content, writable: false), start, cancellationToken);
        for (var isLast = false; !isLast;)
        {
            var page = new PageBytes();
            List<SourceEvent> events = [];
            while (events.Count < EventsAPage && await file.NextAsync(cancellationToken) is { } record)
                events.Add(new SourceEvent(page.Keep(record.Utf8.Span), item.Place, record.Problem) { Number = file.Number });
            isLast = events.Count < EventsAPage;
            if (isLast && file.Layout is null or FileLayout.Digest or FileLayout.Unrelated && file.Number == 0)
                events.Add(new SourceEvent(default, item.Place, NoRecords));
            yield return new(events);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Place} holds no records ({Kind}) and was passed over.")]
        public static partial void PassedOver(ILogger logger, string place, TrailObjectKind kind);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue}: a message was set aside. {Reason}")]
        public static partial void SetAside(ILogger logger, string queue, string reason);
    }
}

/// <summary>Some objects could not be read; the others were. The message says which is one of them, and what to do.</summary>
internal sealed class UnreadObjectException(string message) : Exception(message);
