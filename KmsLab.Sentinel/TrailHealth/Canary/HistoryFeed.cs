using System.Runtime.CompilerServices;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>CloudTrail's event history while a source is silent: first the canary's own calls, which say whether the source was cut off, then everything.</summary>
/// <remarks>
/// The canary's calls are asked for by their key, so that they are found with one call however busy the account is; the rest is read at two pages a second
/// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html).
/// </remarks>
internal sealed class HistoryFeed(EventHistory history, IReadOnlyList<string> eventSources)
{
    private const int ProbePages = 4;

    private readonly EventHistorySource _everything = new(history, eventSources);

    /// <summary>Reads pages until there are no more.</summary>
    public async IAsyncEnumerable<IReadOnlyList<SourceEvent>> ReadAsync(string? canaryKey, DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (canaryKey is not null)
        {
            await foreach (var page in ProbeAsync(canaryKey, from, cancellationToken))
                yield return page;
        }

        await foreach (var page in _everything.ReadAsync(from, cancellationToken))
            yield return page.Events;
    }

    private async IAsyncEnumerable<IReadOnlyList<SourceEvent>> ProbeAsync(string canaryKey, DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new LookupEventsRequest
        {
            StartTime = from.UtcDateTime,
            LookupAttributes = [new LookupAttribute { AttributeKey = LookupAttributeKey.ResourceName, AttributeValue = canaryKey }],
        };
        for (var pages = 0; pages < ProbePages; pages++)
        {
            var page = await history.LookupAsync(request, cancellationToken);
            yield return [.. (page.Events ?? []).Select(EventHistory.EventOf)];
            if (string.IsNullOrEmpty(request.NextToken = page.NextToken))
                yield break;
        }
    }
}
