using KmsLab.Sentinel.Jobs;
using KmsLab.ServiceDefaults.Database;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.Sentinel.Leadership;

/// <summary>Renews the lease while this process leads, tries to get it while it stands by, and steps down when it stops.</summary>
/// <remarks>Registered before all that leads, so it stops after it: what they still write is written within the term.</remarks>
internal sealed partial class LeaseKeeper(
    LeaderStatus leader, LeaseStore leases, Database database, LeaseOptions options, TimeProvider time, ILogger<LeaseKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2);

    private readonly FailureStreak _streak = new();
    private long _saidEpoch = -1;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (leader.Current is not { } term)
            return;

        leader.End(term);
        using var patience = new CancellationTokenSource(ReleasePatience, time);
        try
        {
            using var round = BackgroundActivity.Start("sentinel lease");
            await leases.ReleaseAsync(term, patience.Token);
        }
        // The edge of the process: who can't say goodbye is missed when the lease runs out.
        catch (Exception problem)
        {
            Log.NotReleased(logger, problem);
        }
    }

    /// <summary>Renews the lease, or tries to get it.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        if (leader.Current is not { } term)
            await TryAsync(cancellationToken);
        else if (!await leases.RenewAsync(term, cancellationToken))
            leader.Lose(term);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var round = BackgroundActivity.Start("sentinel lease");
                await StepAsync(stoppingToken);
                _streak.Ended();
            }
            // Whatever goes wrong once we are told to stop comes of stopping.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The edge of the process: whoever can't reach the database can't write either, and tries again soon.
            catch (Exception problem)
            {
                _streak.Failed();
                if (_streak.Length == 1)
                    Log.Failed(logger, problem);
            }

            var pause = leader.Current is null || _streak.Length > 0 ? options.TryEvery : options.RenewEvery;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        var lease = await leases.ReadAsync(cancellationToken);
        if (await TakeAsync(lease, cancellationToken) is { } term)
        {
            leader.Begin(term);
        }
        else if (lease.Epoch != _saidEpoch)
        {
            _saidEpoch = lease.Epoch;
            Log.StandsBy(logger, lease.Holder, lease.Epoch);
        }
    }

    private async Task<Term?> TakeAsync(Lease lease, CancellationToken cancellationToken)
    {
        // The answer to an earlier try was lost on the way.
        if (lease.Holder == leader.Self && new Term(lease.Holder, lease.Epoch) is var own && await leases.RenewAsync(own, cancellationToken))
            return own;

        // A SQLite file has its processes on one machine, so who starts again after a kill need not wait for its own lease to run out.
        var isDead = database.Provider == DatabaseProvider.Sqlite && LeaseHolder.Parse(lease.Holder)?.IsDeadHere() == true;
        return lease.IsFree || isDead ? await leases.TakeAsync(leader.Self, lease, force: isDead, cancellationToken) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Standing by: {Holder} leads, term {Epoch}.")]
        public static partial void StandsBy(ILogger logger, string holder, long epoch);

        [LoggerMessage(Level = LogLevel.Error, Message = "The lease can't be read or renewed; trying again.")]
        public static partial void Failed(ILogger logger, Exception problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The lease could not be released; another Sentinel takes over when it runs out.")]
        public static partial void NotReleased(ILogger logger, Exception problem);
    }
}
