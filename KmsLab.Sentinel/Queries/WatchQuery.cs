using System.Data.Common;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.ServiceDefaults.Database;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Queries;

/// <summary>Adds to <c>/api/status</c> how the evidence itself is watched.</summary>
internal sealed class WatchQuery(Database database, CanaryState canary, GuardQuery guard, IOptions<SentinelOptions> options)
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
        Canary = options.Value.Canary.IsOn ? await CanaryQuery.CanaryAsync(database, canary, cancellationToken) : null,
        Delivery = options.Value.Canary.IsOn ? await CanaryQuery.DeliveriesAsync(database, cancellationToken) : [],
        Guard = options.Value.Guard.Enabled ? await guard.ReadAsync(cancellationToken) : null,
    };
}
