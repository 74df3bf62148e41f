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
    private readonly string _services = LogPatterns.OfServices(eventSources);

    public string Name => $"logs:{logGroup}";

    public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken) => PagesAsync([Request(from, _services)], cancellationToken);

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
        PagesAsync(streams.Prefixes.Select(prefix => Request(from, _services, prefix)), cancellationToken);

    private FilterLogEventsRequest Request(DateTimeOffset from, string pattern, string? streamPrefix = null) => new()
    {
        LogGroupName = logGroup,
        FilterPattern = pattern,
        LogStreamNamePrefix = streamPrefix,
        StartTime = from.ToUnixTimeMilliseconds(),
    };

    private async IAsyncEnumerable<SourcePage> PagesAsync(IEnumerable<FilterLogEventsRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            do
            {
                var page = await PageAsync(request, cancellationToken);
                yield return PageOf(page.Events ?? []);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
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
