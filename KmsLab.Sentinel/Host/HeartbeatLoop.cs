using KmsLab.Sentinel.Dashboard;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing.Heartbeats;
using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.Sentinel.Host;

/// <summary>
/// Sends heartbeats while Sentinel really works: it leads, its reads go forward, and its canary comes back. Everything else stops them, for a service that
/// runs and sees nothing is as good as dead.
/// </summary>
internal sealed class HeartbeatLoop(
    HeartbeatSender sender, HeartbeatOptions options, StatusQuery query, WatchQuery watch, HealthOptions health, LeaderStatus leader, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!sender.IsOn)
            return;

        sender.Start();
        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            do
            {
                await BeatAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>One beat, or the reason why there is none.</summary>
    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        // Whoever leads beats; two hearts would hide that one has stopped.
        if (leader.Current is null)
        {
            sender.StandBy();
            return;
        }

        using var round = BackgroundActivity.Start("sentinel heartbeat");
        try
        {
            var status = await watch.AddToAsync(await query.ReadAsync(stoppingToken), stoppingToken);
            if (HealthReading.ProblemOf(status, health) is { } problem)
                sender.Withhold(problem);
            else
                await sender.SendAsync(stoppingToken);
        }
        // The edge of the loop: whatever keeps it from knowing that Sentinel works keeps the heartbeat back, and must not end the loop.
        catch (Exception unknown) when (!stoppingToken.IsCancellationRequested)
        {
            sender.Withhold($"Nobody knows whether Sentinel works: {unknown.GetType().Name}.");
        }
    }
}
