using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Keeps rates as long as is configured, and forgets in memory what <see cref="RatePruning"/> deletes.</summary>
internal sealed class RateRetention(RatePruning pruning, SeriesStore series, KeyUseStore uses) : ITurnPart
{
    public Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => pruning.RunAsync(now, series, uses, cancellationToken);
}
