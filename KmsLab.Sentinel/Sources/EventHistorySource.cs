using System.Runtime.CompilerServices;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;

namespace KmsLab.Sentinel.Sources;

/// <summary>CloudTrail's own event history, read with LookupEvents: needs no trail, and nobody can filter or stop it.</summary>
/// <remarks>
/// Management events of one Region and the last 90 days, 50 a page
/// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html): for small accounts and for looking back.
/// One attribute can be asked for, so each event source is a list of its own.
/// </remarks>
internal sealed class EventHistorySource(EventHistory history, IReadOnlyList<string> eventSources) : IRecordSource
{
    public string Name => EventHistory.Name;

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
                var page = await history.LookupAsync(request, cancellationToken);
                yield return new([.. (page.Events ?? []).Select(EventHistory.EventOf)]);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
        }
    }
}
