using System.Runtime.CompilerServices;
using System.Text;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>CloudTrail's own event history, read with LookupEvents: needs no trail, and nobody can filter or stop it.</summary>
/// <remarks>
/// Management events of one Region and the last 90 days, two calls a second for the whole account and Region, 50 events each
/// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html): for small accounts and for looking back.
/// One attribute can be asked for, so each event source is a list of its own.
/// </remarks>
internal sealed class EventHistorySource(IAmazonCloudTrail cloudTrail, IReadOnlyList<string> eventSources, TimeProvider time) : IRecordSource
{
    private static readonly TimeSpan BetweenCalls = TimeSpan.FromMilliseconds(500);

    private DateTimeOffset _lastCall = DateTimeOffset.MinValue;

    public string Name => "event-history";

    public async IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var eventSource in eventSources)
        {
            var request = new LookupEventsRequest
            {
                StartTime = from.UtcDateTime,
                LookupAttributes = [new LookupAttribute { AttributeKey = LookupAttributeKey.EventSource, AttributeValue = eventSource }],
            };
            do
            {
                await WaitForTurnAsync(cancellationToken);
                var page = await cloudTrail.LookupEventsAsync(request, cancellationToken);
                yield return new([.. (page.Events ?? []).Select(item => new SourceEvent(Encoding.UTF8.GetBytes(item.CloudTrailEvent ?? ""), item.EventId ?? ""))]);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
        }
    }

    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        var wait = _lastCall + BetweenCalls - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait < BetweenCalls ? wait : BetweenCalls, time, cancellationToken);
        _lastCall = time.GetUtcNow();
    }
}
