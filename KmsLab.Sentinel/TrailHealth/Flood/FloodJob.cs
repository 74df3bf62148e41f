using System.Globalization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Flood;

/// <summary>Looks, now and then, whether a source holds far more than it usually does.</summary>
internal sealed class FloodJob(Pipeline pipeline, SourceVolumes volumes, SourceNames sources, FloodOptions options, TimeProvider time) : IJob
{
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _lookedAt < options.LookInterval)
            return;

        _lookedAt = now;
        List<Finding> findings = [.. sources.All.Select(source => Look(source, now)).OfType<Finding>()];
        if (findings.Count > 0)
            await pipeline.TakeAsync(new Turn.OwnWork(findings), cancellationToken);
    }

    private Finding? Look(string source, DateTimeOffset now) => FloodRule.Find(volumes.Of(source), now, options) is { } flooded
        ? new(EvidenceFlood.Definition.Id, new DetectionGroup([new("source", source)]), now, "FilterLogEvents", DetailOf(flooded))
        : null;

    private static string DetailOf(FloodedMinute flooded) => string.Create(
        CultureInfo.InvariantCulture,
        $"the minute {flooded.Minute:yyyy-MM-dd'T'HH:mm'Z'} holds {flooded.Volume.Records:N0} records of {flooded.Volume.Bytes / 1e6:N0} MB and more is coming to light; {flooded.Limit.Records:N0} records or {flooded.Limit.Bytes / 1e6:N0} MB would be far more than usual");
}
