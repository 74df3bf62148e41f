using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Leadership;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Sends what the outbox holds through every channel, each at its own pace.</summary>
internal sealed partial class OutboxPublisher : BackgroundService
{
    private readonly DeliveryStore _deliveries;
    private readonly ChannelSender[] _senders;
    private readonly Task[] _passes;
    private readonly FailureStreak[] _streaks;
    private readonly OutboxSignal _signal;
    private readonly LeaderStatus _leader;
    private readonly TimeProvider _time;
    private readonly ILogger<OutboxPublisher> _logger;
    private bool _abandoned;

    public OutboxPublisher(
        DeliveryStore deliveries, NotificationChannels channels, NotificationOptions options, OutboxSignal signal, PublishingMetrics metrics,
        LeaderStatus leader, TimeProvider time, ILogger<OutboxPublisher> logger)
    {
        (_deliveries, _signal, _leader, _time, _logger) = (deliveries, signal, leader, time, logger);
        _senders = [.. channels.All.Select(channel => new ChannelSender(channel, deliveries, options, metrics, time, logger))];
        _passes = [.. _senders.Select(_ => Task.CompletedTask)];
        _streaks = [.. _senders.Select(_ => new FailureStreak())];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _signal.WaitAsync(stoppingToken);
                // A channel that is still busy with its last pass is left alone: a slow one holds up nobody else.
                for (var index = 0; index < _senders.Length; index++)
                {
                    if (_passes[index].IsCompleted)
                        _passes[index] = PassAsync(index, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_passes);
    }

    /// <summary>Sends all that is due, one channel after the other.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        foreach (var sender in _senders)
            await SendAsync(sender, cancellationToken);
    }

    private async Task SendAsync(ChannelSender sender, CancellationToken cancellationToken)
    {
        if (!_abandoned)
        {
            await _deliveries.AbandonAsync([.. _senders.Select(one => one.Channel.Name)], _time.GetUtcNow(), cancellationToken);
            _abandoned = true;
        }

        await sender.SendAsync(cancellationToken);
    }

    /// <summary>Sends what is due, within one term: in the next, others may have sent it meanwhile.</summary>
    private async Task PassAsync(int index, CancellationToken stoppingToken)
    {
        if (_leader.Current is not { } term)
            return;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, term.Lost);
        await PassInTermAsync(index, ended.Token);
    }

    private async Task PassInTermAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            using var round = BackgroundActivity.Start("sentinel outbox");
            await SendAsync(_senders[index], cancellationToken);
            _streaks[index].Ended();
        }
        // Whatever goes wrong once we are told to stop, or no longer lead, comes of that.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
        }
        // The edge of the process: what could not be sent or marked stays in the outbox, for the loop's next signal after the pause.
        catch (Exception problem)
        {
            var pause = _streaks[index].Failed();
            if (_streaks[index].Length == 1)
                Log.Failed(_logger, _senders[index].Channel.Name, problem);
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Channel}: the outbox can't be read or marked; trying again with growing pauses.")]
        public static partial void Failed(ILogger logger, string channel, Exception problem);
    }
}
