using System.Data.Common;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.CryptoApi.Idempotency;

/// <summary>Deletes kept answers when they have expired, every hour.</summary>
internal sealed partial class IdempotencyPruning(IdempotencyStore store, TimeProvider time, ILogger<IdempotencyPruning> logger) : BackgroundService
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
                using var round = BackgroundActivity.Start("cryptoapi idempotency pruning");
                await store.PruneAsync(stoppingToken);
            }
            catch (DbException problem) // An hour later is soon enough; meanwhile an expired answer is as good as gone.
            {
                Log.Failed(logger, problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(41, LogLevel.Warning, "Expired answers could not be deleted; trying again in an hour")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
