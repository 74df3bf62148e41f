using System.Text.Json;
using KmsLab.Sentinel.Ingest;
using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Sends what the outbox holds, oldest first, and marks it afterwards: a notification repeats only if this dies in between.</summary>
internal sealed partial class OutboxPublisher(
    SentinelStore store, IEnumerable<INotificationChannel> channels, OutboxSignal signal, SentinelMetrics metrics, TimeProvider time, ILogger<OutboxPublisher> logger) : BackgroundService
{
    private const int Batch = 100;

    private readonly FailureStreak _streak = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(stoppingToken);
                await SendAsync(stoppingToken);
                _streak.Ended();
            }
            // Whatever goes wrong once we are told to stop comes of stopping.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The edge of the process: what could not be sent stays in the outbox, for the loop's next signal after the pause.
            catch (Exception problem)
            {
                var pause = _streak.Failed();
                if (_streak.Length == 1)
                    Log.Failed(logger, problem);
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends everything that is not marked as sent.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        while (await store.FindUnsentAsync(Batch, cancellationToken) is { Count: > 0 } unsent)
        {
            foreach (var (id, payload) in unsent)
                await SendAsync(id, payload, cancellationToken);
        }
    }

    private async Task SendAsync(string id, string payload, CancellationToken cancellationToken)
    {
        var notification = JsonSerializer.Deserialize(payload, SentinelJson.Default.Notification)!;
        foreach (var channel in channels)
            await channel.SendAsync(notification, cancellationToken);
        TurnLog.Reached(logger, TurnStep.Sent);

        await store.MarkSentAsync(id, time.GetUtcNow(), cancellationToken);
        metrics.NotificationSent();
        TurnLog.Reached(logger, TurnStep.Marked);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A notification could not be sent; trying again with growing pauses. It stays in the outbox.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
