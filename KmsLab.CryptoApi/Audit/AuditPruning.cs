using System.Data.Common;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Audit;

/// <summary>Deletes calls that have been kept for long enough, every hour.</summary>
internal sealed partial class AuditPruning(AuditStore store, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditPruning> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await PruneEachHourAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped, also by a start that failed elsewhere: nothing that an operator need hear of.
        }
    }

    private async Task PruneEachHourAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                using var round = BackgroundActivity.Start("cryptoapi audit pruning");
                await store.PruneAsync(time.GetUtcNow() - options.Value.KeepFor, stoppingToken);
            }
            catch (DbException problem) // An hour later is soon enough.
            {
                Log.Failed(logger, problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(52, LogLevel.Warning, "Old KMS calls could not be deleted from the audit; trying again in an hour")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
