using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Publishing;

/// <summary>
/// Sends one channel's deliveries and marks each afterwards: one repeats only if this dies in between. What fails is tried again, later each time,
/// until it is too old; while a channel fails, the others go on.
/// </summary>
internal sealed partial class ChannelSender(
    INotificationChannel channel, DeliveryStore deliveries, NotificationOptions options, PublishingMetrics metrics, TimeProvider time, ILogger<OutboxPublisher> logger)
{
    private const int Batch = 100;

    private readonly FailureStreak _streak = new();

    // Sent, and not marked as sent: the database failed in between, and they must not go out again for that.
    private readonly HashSet<long> _unmarked = [];
    private DateTimeOffset _resumeAt;

    public INotificationChannel Channel => channel;

    /// <summary>Sends all that is due, up to the first failure: after it the channel rests.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < _resumeAt)
            return;

        while (await deliveries.FindDueAsync(channel.Name, time.GetUtcNow(), Batch, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var delivery in due)
            {
                if (!await DeliverAsync(delivery, cancellationToken))
                    return;
            }
        }
    }

    private async Task<bool> DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (_unmarked.Contains(delivery.Sequence))
        {
            await MarkAsync(delivery);
            return true;
        }

        await deliveries.ConfirmLeadingAsync(cancellationToken);
        var start = time.GetTimestamp();
        var outcome = await AttemptAsync(delivery, cancellationToken);
        metrics.Attempted(channel.Name, outcome.Kind, time.GetElapsedTime(start));
        switch (outcome.Kind)
        {
            case SendOutcomeKind.Sent:
                _unmarked.Add(delivery.Sequence);
                TurnLog.Reached(logger, TurnStep.Sent);
                await MarkAsync(delivery);
                _streak.Ended();
                return true;
            case SendOutcomeKind.Refused:
                await GiveUpAsync(delivery, outcome.Problem!, cancellationToken);
                return true;
            default:
                await FailAsync(delivery, outcome, cancellationToken);
                return false;
        }
    }

    /// <summary>Not cancellable: a process that is told to stop now has sent it all the same.</summary>
    private async Task MarkAsync(Delivery delivery)
    {
        await deliveries.SettleAsync(delivery, DeliveryState.Sent, time.GetUtcNow(), null, CancellationToken.None);
        _unmarked.Remove(delivery.Sequence);
        TurnLog.Reached(logger, TurnStep.Marked);
    }

    private async Task<SendOutcome> AttemptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var notification = JsonSerializer.Deserialize(delivery.Payload, AlarmJson.Default.Notification)!;
        using var timeout = new CancellationTokenSource(options.SendTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await channel.SendAsync(notification, linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.Failed($"No answer within {options.SendTimeout.TotalSeconds:0.#} s.");
        }
        // A channel's edge: whatever goes wrong in one must not keep the others from sending. Its message may hold an address with a secret.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.Failed($"{problem.GetType().Name}.");
        }
    }

    private async Task FailAsync(Delivery delivery, SendOutcome outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pause = _streak.Failed();
        if (outcome.RetryAfter is { } asked && asked > pause)
            pause = asked < options.LongestPause ? asked : options.LongestPause;
        _resumeAt = now + pause;

        if (now - delivery.CreatedAt >= options.GiveUpAfter)
        {
            await GiveUpAsync(delivery, $"Not sent within {options.GiveUpAfter}: {outcome.Problem}", cancellationToken);
            return;
        }

        await deliveries.PostponeAsync(delivery, now + Backoff(delivery.Attempts, pause), outcome.Problem, cancellationToken);
        if (_streak.Length == 1)
            Log.Failed(logger, channel.Name, delivery.NotificationId, outcome.Problem!);
    }

    /// <summary>At least the channel's own pause, and twice as long after each attempt.</summary>
    private TimeSpan Backoff(long attempts, TimeSpan pause)
    {
        var own = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempts, 16)));
        return own > options.LongestPause ? options.LongestPause : own > pause ? own : pause;
    }

    private async Task GiveUpAsync(Delivery delivery, string problem, CancellationToken cancellationToken)
    {
        await deliveries.SettleAsync(delivery, DeliveryState.GaveUp, time.GetUtcNow(), problem, cancellationToken);
        metrics.GaveUp(channel.Name);
        Log.GaveUp(logger, channel.Name, delivery.NotificationId, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Channel}: notification {NotificationId} could not be sent; trying again with growing pauses. {Problem}")]
        public static partial void Failed(ILogger logger, string channel, string notificationId, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Channel}: notification {NotificationId} was given up. {Problem}")]
        public static partial void GaveUp(ILogger logger, string channel, string notificationId, string problem);
    }
}
