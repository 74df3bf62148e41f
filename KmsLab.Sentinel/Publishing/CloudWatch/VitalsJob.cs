using KmsLab.Sentinel.Jobs;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Measures now and then how Sentinel is, for the instruments.</summary>
internal sealed class VitalsJob(VitalsQuery vitals, PublishingMetrics metrics, TimeProvider time) : IJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private DateTimeOffset _next;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < _next)
            return;

        _next = time.GetUtcNow() + Interval;
        metrics.Vitals = await vitals.ReadAsync(cancellationToken);
    }
}
