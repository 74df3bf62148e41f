using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.Sentinel.Host;

/// <summary>The loop: while this process leads, every source, then the clock, then housekeeping, again and again.</summary>
internal sealed partial class SentinelLoop(
    SourceReaders readers, IEnumerable<IJob> jobs, Pipeline pipeline, OutboxSignal outbox, LeaderStatus leader, SentinelStatus status, SourceOptions options, TimeProvider time, ILogger<SentinelLoop> logger) : BackgroundService
{
    private readonly SourceReader[] _readers = [.. readers.All];
    private readonly IJob[] _jobs = [.. jobs];
    private readonly FailureStreak _streak = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var term = await leader.WaitAsync(stoppingToken);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, term.Lost);
                await LeadAsync(ended.Token);
                await StandByAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StandByAsync();
    }

    private async Task LeadAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            var pause = options.HeadInterval;
            try
            {
                await TurnAsync(ended);
                _streak.Ended();
                status.Report(status.Loop.Succeeded());
            }
            // Whatever goes wrong once we are told to stop, or no longer lead, comes of that.
            catch (Exception) when (ended.IsCancellationRequested)
            {
                return;
            }
            // The edge of the process: a database that is down for a while must not end the watch.
            catch (Exception problem)
            {
                pause = _streak.Failed();
                status.Report(status.Loop.Failed(_streak.Length, problem));
                if (_streak.Length == 1)
                    Log.Failed(logger, problem);
            }

            await Task.Delay(pause, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is in memory, another process may have changed before it is needed again.</summary>
    private async Task StandByAsync()
    {
        pipeline.Forget();
        status.StandBy();
        foreach (var reader in _readers)
            await reader.DisposeAsync();
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("sentinel round");
        foreach (var reader in _readers)
            await reader.ReadAsync(cancellationToken);
        foreach (var job in _jobs)
            await job.RunAsync(cancellationToken);

        await pipeline.TakeAsync(new Turn.Tick(), cancellationToken);
        outbox.Set();
        await pipeline.PruneAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A turn failed; trying again with growing pauses.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
