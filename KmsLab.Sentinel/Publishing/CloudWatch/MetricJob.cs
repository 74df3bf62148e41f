using KmsLab.Sentinel.Jobs;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Publishes once a minute, beside the loop, while this Sentinel leads.</summary>
internal sealed partial class MetricJob(MetricPublisher publisher, MetricOptions options, TimeProvider time, ILogger<MetricJob> logger) : IJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly BackgroundCall<int> _pending = new(TimeSpan.FromMinutes(5), time);
    private readonly FailureStreak _streak = new();
    private DateTimeOffset _next;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.CloudWatch)
            return Task.CompletedTask;

        TakeOutcome(cancellationToken);
        if (!_pending.IsOut && time.GetUtcNow() >= _next)
        {
            _next = time.GetUtcNow() + Interval;
            _pending.Start(publisher.PublishAsync, cancellationToken);
        }

        return Task.CompletedTask;
    }

    private void TakeOutcome(CancellationToken cancellationToken)
    {
        try
        {
            if (!_pending.TryTake(out var dropped))
                return;

            _streak.Ended();
            if (dropped > 0)
                Log.Dropped(logger, dropped);
        }
        // What could not be sent stays in the database: metrics must not end the watch, whatever AWS answers.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            _streak.Failed();
            if (_streak.Length == 1)
                Log.Failed(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "CloudWatch could not be told; trying again each minute. What it is not told of stays in the database.")]
        public static partial void Failed(ILogger logger, Exception problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Points} metric points were older than CloudWatch takes, and are gone.")]
        public static partial void Dropped(ILogger logger, int points);
    }
}
