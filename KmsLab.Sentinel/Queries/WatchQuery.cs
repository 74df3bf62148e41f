using System.Data.Common;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Adds to <c>/api/status</c> how the evidence itself is watched.</summary>
internal sealed class WatchQuery(SentinelStatus now, Database database, CanaryState canary, GuardQuery guard, GapQuery gaps, CanaryOptions canaryOptions, GuardOptions guardOptions)
{
    /// <summary>Without the database the status stays as it is, and says so.</summary>
    public async Task<StatusAnswer> AddToAsync(StatusAnswer status, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(status, cancellationToken);
        }
        catch (DbException problem)
        {
            return status with { Loop = status.Loop with { Database = status.Loop.Database ?? LoopStatus.Describe(problem) } };
        }
    }

    private async Task<StatusAnswer> ReadAsync(StatusAnswer status, CancellationToken cancellationToken) => status with
    {
        Canary = canaryOptions.IsOn ? await CanaryQuery.CanaryAsync(database, canary, cancellationToken) : null,
        Delivery = canaryOptions.IsOn ? await CanaryQuery.DeliveriesAsync(database, cancellationToken) : [],
        RuleProblems = now.RuleProblems,
        Gaps = await gaps.ReadAsync(cancellationToken),
        Guard = guardOptions.Enabled ? await guard.ReadAsync(cancellationToken) : null,
    };
}
