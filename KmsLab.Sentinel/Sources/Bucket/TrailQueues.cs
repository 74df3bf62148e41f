using Amazon.SQS;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>Reads the queues of <c>Sentinel:TrailQueues</c>.</summary>
internal sealed class TrailQueues(
    RegionalClients<IAmazonSQS> clients, TrailBucket bucket, IDigestWatch digests, SourceOptions options, TimeProvider time,
    ILogger<TrailQueueSource> logger) : ISourceFactory
{
    public IEnumerable<IRecordSource> Create() =>
        options.EffectiveTrailQueues.Select(url => new TrailQueueSource(new(ClientOf(url), url), bucket, digests, time, logger));

    private IAmazonSQS ClientOf(string url) => TrailQueue.RegionOf(url) is { } region ? clients.Of(region) : clients.Registered;
}
