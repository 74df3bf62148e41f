using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Kms;

/// <summary>What happens to keys by themselves: deletion when the waiting period is over, and automatic rotation. Both leave an AwsServiceEvent on the trail.</summary>
internal sealed partial class KeyClock(
    KmsState state, MultiRegionKeys multiRegion, StateStore store, TrailRecorder trail, TimeProvider time, ILogger<KeyClock> logger) : BackgroundService
{
    private const string Source = "kms.amazonaws.com";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                using var round = BackgroundActivity.Start("localaws key clock");
                foreach (var ring in state.Rings)
                    await TickAsync(ring);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own end.
        }
        catch (InvalidOperationException error) when (store.Failure is not null)
        {
            // The state file failed; the health check says so.
            Log.Stopped(logger, error);
        }
    }

    private async Task TickAsync(Keyring ring)
    {
        var now = time.GetUtcNow();
        foreach (var key in ring.Keys.Values.Where(key => key.DeletionDate <= now || key.NextRotation <= now))
        {
            // The event is enqueued under the same lock as the change, so that both are in the file or neither.
            await ring.Change(() => Apply(ring, key.Id, now));
        }
    }

    private Task Apply(Keyring ring, string id, DateTimeOffset now)
    {
        // Things may have changed before the lock was ours.
        if (!ring.Keys.TryGetValue(id, out var key))
            return Task.CompletedTask;
        if (key.DeletionDate <= now)
        {
            ring.Delete(store, key);
            StartPrimarysWindow(key, now);
            return Tell(ring, "DeleteKey", key);
        }

        if (key.NextRotation > now || key is not { IsPendingDeletion: false, Enabled: true, RotationPeriodInDays: { } days })
            return Task.CompletedTask;

        var rotated = KeyRotations.Rotated(key, now, "AUTOMATIC") with { NextRotation = now.AddDays(days) };
        ring.Save(store, rotated);
        multiRegion.Synchronize(rotated);
        return Tell(ring, "RotateKey", key);
    }

    /// <summary>With the last replica gone, the days of a primary key that waits for its own deletion begin.</summary>
    private void StartPrimarysWindow(KmsKey deleted, DateTimeOffset now)
    {
        if (deleted.IsReplica && state.Related(deleted) is [{ PendingWindowInDays: { } days } primary])
            state.Ring(new(primary.Account, primary.Region)).Save(store, primary with { DeletionDate = now.AddDays(days), PendingWindowInDays = null });
    }

    private Task Tell(Keyring ring, string name, KmsKey key) =>
        trail.RecordServiceEvent(ring.Scope, Source, name, new RecordedResource(key.Arn, KeyFinder.ResourceType));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "Keys are neither rotated nor deleted any more. Restart LocalAws.")]
        public static partial void Stopped(ILogger logger, Exception error);
    }
}
