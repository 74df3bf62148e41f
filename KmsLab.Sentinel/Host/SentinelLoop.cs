using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.Sentinel.Host;

/// <summary>
/// The loop, while this process leads: each source is read on a clock of its own, and jobs, time and housekeeping have another, so that they go on while
/// a read takes minutes.
/// </summary>
internal sealed class SentinelLoop(
    SourceReaders readers, IEnumerable<IJob> jobs, EngineGate gate, Pipeline pipeline, OutboxSignal outbox, LeaderStatus leader, SentinelStatus status,
    LoopHealth health, SourceOptions options, TimeProvider time) : BackgroundService
{
    private readonly SourceReader[] _readers = [.. readers.All];
    private readonly IJob[] _jobs = [.. jobs];

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
        LoopClock[] clocks = [.. _readers.Select(reader => ClockOf(stop => ReadAsync(reader, stop))), ClockOf(KeepHouseAsync)];
        await Task.WhenAll(clocks.Select(clock => clock.RunAsync(ended)));
    }

    private LoopClock ClockOf(Func<CancellationToken, Task<TimeSpan>> round) => new(round, health, time);

    /// <summary>What is in memory, another process may have changed before it is needed again.</summary>
    private async Task StandByAsync()
    {
        pipeline.Forget();
        status.StandBy();
        health.Forget();
        foreach (var reader in _readers)
            await reader.DisposeAsync();
    }

    private static async Task<TimeSpan> ReadAsync(SourceReader reader, CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("sentinel read");
        return await reader.ReadAsync(cancellationToken);
    }

    private async Task<TimeSpan> KeepHouseAsync(CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("sentinel round");
        foreach (var job in _jobs)
            await gate.RunAsync(() => job.RunAsync(cancellationToken), cancellationToken);

        await gate.RunAsync(() => pipeline.TakeAsync(new Turn.Tick(), cancellationToken), cancellationToken);
        outbox.Set();
        await gate.RunAsync(() => pipeline.PruneAsync(cancellationToken), cancellationToken);
        return options.HeadInterval;
    }
}
