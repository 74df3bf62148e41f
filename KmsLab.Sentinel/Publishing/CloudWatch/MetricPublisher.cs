using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Tells CloudWatch.</summary>
/// <remarks>
/// <para>
/// CloudWatch adds what it is told to what it knows, and can't be asked whether a call that nobody answered has arrived. So of the two, losing and
/// doubling, one remains possible: a call is made first and its points are settled right after. A process that dies in between, or a call whose answer
/// is lost, doubles the points of that one call, at most 1,000; nothing is ever lost. Only graphs show it, for CloudWatch alarms watch the vitals,
/// which are measured anew each minute.
/// </para>
/// <para>The client compresses calls over 10 KB.</para>
/// </remarks>
internal sealed class MetricPublisher(IAmazonCloudWatch cloudWatch, MetricPoints points, VitalsQuery vitals, MetricOptions options, PublishingMetrics metrics, SentinelStatus status, TimeProvider time)
{
    /// <summary>Sends the vitals, then all closed minutes, each call with as much as it takes.</summary>
    /// <returns>How many points were too old to be sent, and are gone.</returns>
    public async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        await PutAsync((await vitals.ReadAsync(cancellationToken)).ToData(), cancellationToken);

        var dropped = await points.DropOldAsync(time.GetUtcNow(), cancellationToken);
        metrics.PointsDropped(dropped);
        while (status.Watermark?.Known is { } watermark && await points.FindClosedAsync(watermark, cancellationToken) is { Count: > 0 } closed)
        {
            await PutAsync([.. closed.Select(point => point.ToDatum())], cancellationToken);
            await points.SettleAsync(closed, cancellationToken);
        }

        return dropped;
    }

    private async Task PutAsync(List<MetricDatum> data, CancellationToken cancellationToken)
    {
        await cloudWatch.PutMetricDataAsync(new() { Namespace = options.Namespace, MetricData = data }, cancellationToken);
        metrics.PointsSent(data.Count);
    }
}
