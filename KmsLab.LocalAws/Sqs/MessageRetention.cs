using KmsLab.LocalAws.State;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Removes the messages that queues have kept for as long as they keep any, also of queues that nobody reads.</summary>
internal sealed class MessageRetention(QueueStore queues, StateStore store, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                using var round = BackgroundActivity.Start("localaws sqs retention");
                foreach (var queue in queues.List(_ => true))
                    await store.Enqueue(session => MessageTable.RemoveExpired(session, queue, time.GetUtcNow()));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own end.
        }
        catch (InvalidOperationException) when (store.Failure is not null)
        {
            // The state file takes no more writes; its health check says so.
        }
    }
}
