using System.Runtime.CompilerServices;
using System.Text;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>A log group that a trail delivers to, read with FilterLogEvents.</summary>
/// <remarks>
/// All streams, for CloudTrail opens new ones at volume, and <c>nextToken</c> until there is none, for an empty page can carry one. Events come sorted by
/// their timestamps over all streams (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
/// </remarks>
internal sealed class CloudWatchLogsSource(
    IAmazonCloudWatchLogs logs, string logGroup, IReadOnlyList<string> eventSources, OwnStreams streams, CallPacer pacer) : INarrowSource
{
    private readonly IReadOnlyList<string> _services = LogPatterns.OfServices(eventSources);

    public string Name => $"logs:{logGroup}";

    public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken) => PagesAsync(_services.Select(pattern => Request(from, pattern)), cancellationToken);

    public IAsyncEnumerable<SourcePage> ReadKeysAsync(
        DateTimeOffset from, IReadOnlyCollection<string> keyArns, bool unprovenOnly, CancellationToken cancellationToken)
    {
        var pattern = unprovenOnly ? LogPatterns.OfUnprovenCalls(keyArns) : LogPatterns.OfKeys(keyArns);
        if (pattern is null)
            return PagesAsync([], cancellationToken);
        return PagesAsync(
            streams.Prefixes.Count == 0 ? [Request(from, pattern)] : streams.Prefixes.Select(prefix => Request(from, pattern, prefix)), cancellationToken);
    }

    public IAsyncEnumerable<SourcePage> ReadOwnStreamsAsync(DateTimeOffset from, CancellationToken cancellationToken) =>
        PagesAsync(streams.Prefixes.SelectMany(prefix => _services.Select(pattern => Request(from, pattern, prefix))), cancellationToken);

    /// <summary>A request that has more pages, and the stamp that it has come to. Several are read side by side, a page each in turn.</summary>
    private sealed class OpenRequest(FilterLogEventsRequest request)
    {
        public FilterLogEventsRequest Request => request;

        public DateTimeOffset Reached { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(request.StartTime ?? 0);
    }

    private FilterLogEventsRequest Request(DateTimeOffset from, string pattern, string? streamPrefix = null) => new()
    {
        LogGroupName = logGroup,
        FilterPattern = pattern,
        LogStreamNamePrefix = streamPrefix,
        StartTime = from.ToUnixTimeMilliseconds(),
    };

    private async IAsyncEnumerable<SourcePage> PagesAsync(IEnumerable<FilterLogEventsRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new Queue<OpenRequest>(requests.Select(request => new OpenRequest(request)));
        while (open.TryDequeue(out var next))
        {
            var answer = await PageAsync(next.Request, cancellationToken);
            var page = PageOf(answer.Events ?? []);
            next.Request.NextToken = answer.NextToken;
            if (page.Arrivals is [.., var last])
                next.Reached = last.At;
            if (!string.IsNullOrEmpty(answer.NextToken))
                open.Enqueue(next);
            yield return page with { CompleteUpTo = open.Count == 0 ? null : open.Min(one => one.Reached) };
        }
    }

    private async Task<FilterLogEventsResponse> PageAsync(FilterLogEventsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await pacer.WaitAsync(cancellationToken);
            return await logs.FilterLogEventsAsync(request, cancellationToken);
        }
        catch (ResourceNotFoundException absent)
        {
            throw new SourceAbsentException($"The log group {logGroup} does not exist yet.", absent);
        }
    }

    private SourcePage PageOf(List<FilteredLogEvent> logEvents)
    {
        var events = new List<SourceEvent>(logEvents.Count);
        var arrivals = new List<Arrival>(logEvents.Count);
        foreach (var logEvent in logEvents)
        {
            streams.See(logEvent.LogStreamName);
            var utf8 = Encoding.UTF8.GetBytes(logEvent.Message ?? "");
            events.Add(new(utf8, $"{logEvent.LogStreamName}/{logEvent.EventId}") { Stream = logEvent.LogStreamName });
            if (logEvent is { Timestamp: { } at, IngestionTime: { } ingested })
                arrivals.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(at), DateTimeOffset.FromUnixTimeMilliseconds(ingested), utf8.Length));
        }

        return new(events) { Arrivals = arrivals };
    }
}
