using KmsLab.Sentinel.Duties;
using KmsLab.Sentinel.Ingest;
using KmsLab.Sentinel.Publishing;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel;

/// <summary>The loop: every source, then the clock, then housekeeping, again and again.</summary>
internal sealed partial class SentinelLoop(
    IEnumerable<SourceReader> readers, IEnumerable<IDuty> duties, Pipeline pipeline, OutboxSignal outbox, IOptions<SentinelOptions> options, TimeProvider time, ILogger<SentinelLoop> logger) : BackgroundService
{
    private readonly SourceReader[] _readers = [.. readers];
    private readonly IDuty[] _duties = [.. duties];
    private readonly FailureStreak _streak = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.HeadInterval;
            try
            {
                await TurnAsync(stoppingToken);
                _streak.Ended();
            }
            // Whatever goes wrong once we are told to stop comes of stopping.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The edge of the process: a database that is down for a while must not end the watch.
            catch (Exception problem)
            {
                pause = _streak.Failed();
                if (_streak.Length == 1)
                    Log.Failed(logger, problem);
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var reader in _readers)
            await reader.DisposeAsync();
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        foreach (var reader in _readers)
            await reader.ReadAsync(cancellationToken);
        foreach (var duty in _duties)
            await duty.RunAsync(cancellationToken);

        await pipeline.TakeAsync(Turn.Tick, cancellationToken);
        outbox.Set();
        await pipeline.PruneAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A turn failed; trying again with growing pauses.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
