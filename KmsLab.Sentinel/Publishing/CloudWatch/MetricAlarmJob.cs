using KmsLab.Sentinel.Jobs;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Keeps the CloudWatch alarms at start and each hour, beside the loop, while this Sentinel leads.</summary>
internal sealed partial class MetricAlarmJob(MetricAlarmKeeper keeper, MetricOptions options, TimeProvider time, ILogger<MetricAlarmJob> logger) : IJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly BackgroundCall<int> _pending = new(TimeSpan.FromMinutes(5), time);
    private readonly FailureStreak _streak = new();
    private DateTimeOffset _next;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.KeepAlarms)
            return Task.CompletedTask;

        TakeOutcome(cancellationToken);
        if (!_pending.IsOut && time.GetUtcNow() >= _next)
        {
            _next = time.GetUtcNow() + Interval;
            _pending.Start(keeper.KeepAsync, cancellationToken);
        }

        return Task.CompletedTask;
    }

    private void TakeOutcome(CancellationToken cancellationToken)
    {
        try
        {
            if (_pending.TryTake(out _))
                _streak.Ended();
        }
        // Alarms that can't be kept must not end the watch, whatever AWS answers.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            _next = time.GetUtcNow() + _streak.Failed();
            if (_streak.Length == 1)
                Log.Failed(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The CloudWatch alarms of Sentinel:Metrics:Alarms can't be kept; trying again with growing pauses.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
