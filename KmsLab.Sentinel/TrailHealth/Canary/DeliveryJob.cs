using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Looks, now and then, whether records still come: sources that can't be read, canaries that stay out, and without a canary, silence.</summary>
internal sealed class DeliveryJob(
    Pipeline pipeline, CanaryWatch watch, SourceNames sources, SentinelStatus status, DeliveryOptions options, TimeProvider time) : IJob
{
    private readonly string[] _sources = [.. sources.All];
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _lookedAt < options.LookInterval)
            return;

        _lookedAt = now;
        if (await watch.LookAsync(now, cancellationToken) is { } turn)
            await pipeline.TakeAsync(turn, cancellationToken);
        if (await ReadingAsync(now, cancellationToken) is { Count: > 0 } findings)
            await pipeline.TakeAsync(new Turn.OwnWork(findings), cancellationToken);
    }

    private async Task<IReadOnlyList<Finding>> ReadingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var store = await pipeline.KnowAsync<CanaryStore>(cancellationToken);
        var findings = new List<Finding>();
        foreach (var source in _sources)
        {
            // A head read that looks back less far completes nothing, but shows that the source can be read.
            var complete = await pipeline.LastCompleteReadAsync(source, cancellationToken);
            var read = status.Of(source).LastCompleteRead is { } head && !(complete >= head) ? head : complete;
            if (now - Later(read, _startedAt) > options.UnreadableAfter)
                findings.Add(Silent(source, now, "Read", $"it can't be read since {Instants.Text(Later(read, _startedAt))}: {status.Of(source).Problem ?? "no read ended"}"));
            else if (!store.Brings(source) && options.NoRecordsAfter is { } limit && now - Later(store.NewestRecordOf(source), _startedAt) > limit)
                findings.Add(Silent(source, now, "Read", $"it is read without errors and has brought no new record since {Instants.Text(Later(store.NewestRecordOf(source), _startedAt))}"));
        }

        return findings;
    }

    private static Finding Silent(string source, DateTimeOffset now, string what, string detail) => new("delivery-silent", new DetectionGroup([new("source", source)]), now, what, detail);

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;
}
