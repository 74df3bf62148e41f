using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>Some pages of a list.</summary>
/// <param name="Pages">Their events.</param>
/// <param name="DownTo">Event time of the oldest event; null where there was none.</param>
/// <param name="IsDone">Whether the list has no more.</param>
internal sealed record GapPages(IReadOnlyList<IReadOnlyList<SourceEvent>> Pages, DateTimeOffset? DownTo, bool IsDone);

/// <summary>Reads one list of the event history, a few pages at a time, newest first.</summary>
internal sealed class GapReading
{
    private readonly EventHistory _history;
    private readonly LookupEventsRequest _request;

    /// <summary>Goes on where the round was left.</summary>
    public GapReading(EventHistory history, string gapId, GapList list, GapRound round)
    {
        _history = history;
        GapId = gapId;
        List = list;
        // Event times have whole seconds: those of the second where it was left are read again, and known.
        var newest = round.List == list.Name && round.DownTo is { } reached ? reached : round.To;
        _request = new()
        {
            StartTime = round.From.UtcDateTime,
            EndTime = newest.AddSeconds(1).UtcDateTime,
            LookupAttributes = [new LookupAttribute { AttributeKey = list.IsKey ? LookupAttributeKey.ResourceName : LookupAttributeKey.EventSource, AttributeValue = list.Value }],
        };
    }

    public string GapId { get; }

    public GapList List { get; }

    public async Task<GapPages> ReadAsync(int most, CancellationToken cancellationToken)
    {
        var pages = new List<IReadOnlyList<SourceEvent>>();
        DateTimeOffset? oldest = null;
        while (pages.Count < most)
        {
            var page = await _history.LookupAsync(_request, List.Region, cancellationToken);
            pages.Add([.. (page.Events ?? []).Select(EventHistory.EventOf)]);
            if (page.Events is { Count: > 0 } events && events[^1].EventTime is { } at)
                oldest = new DateTimeOffset(at.ToUniversalTime());
            if (string.IsNullOrEmpty(_request.NextToken = page.NextToken))
                return new(pages, oldest, true);
        }

        return new(pages, oldest, false);
    }
}
