using KmsLab.LocalAws.Wire;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Evaluates all alarms: those with a period under a minute every ten seconds, the others every minute, as AWS does.</summary>
/// <remarks>
/// A period counts once it is over. Two periods more than the alarm's own are looked at, so that data that come late still count.
/// An alarm with a period of seconds on a metric kept by the minute (a metric filter's) looks back two minutes: its points are stamped with the minute's beginning,
/// and would otherwise never be in time.
/// </remarks>
internal sealed partial class AlarmEvaluator(
    AlarmStore alarms, MetricReader reader, AlarmTransitions transitions, CompositeEvaluator composites, TimeProvider time, ILogger<AlarmEvaluator> logger)
    : IHostedService, IDisposable
{
    private const int ExtraPeriods = 2;
    private const int LateMinute = 120;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(RegionScope, string), DateTimeOffset> _evaluated = [];
    private readonly Lock _evaluating = new();
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => EvaluateDue(), null, Tick, Tick);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Evaluates the alarms whose time has come. Never throws: it is the timer's edge.</summary>
    internal void EvaluateDue()
    {
        if (!_evaluating.TryEnter())
            return;

        try
        {
            using var round = BackgroundActivity.Start("localaws alarm evaluation");
            var now = time.GetUtcNow();
            foreach (var (scope, alarm) in alarms.All())
            {
                if (alarm.Composite is null && IsDue(scope, alarm, now))
                    Evaluate(scope, alarm, now);
            }

            composites.Evaluate(now);
            transitions.Release(now);
        }
        catch (Exception error)
        {
            Log.Failed(logger, error);
        }
        finally
        {
            _evaluating.Exit();
        }
    }

    /// <summary>An alarm is due when a new interval has begun since it was last evaluated, or its settings have changed.</summary>
    private bool IsDue(RegionScope scope, AlarmRecord alarm, DateTimeOffset now)
    {
        var interval = TimeSpan.FromSeconds(alarm.Watched().Period < 60 ? 10 : 60);
        var begun = new DateTimeOffset(now.Ticks - (now.Ticks % interval.Ticks), TimeSpan.Zero);
        if (_evaluated.TryGetValue((scope, alarm.Name), out var last) && last >= begun && last >= alarm.Configured)
            return false;
        _evaluated[(scope, alarm.Name)] = now;
        return true;
    }

    private void Evaluate(RegionScope scope, AlarmRecord alarm, DateTimeOffset now)
    {
        var points = Read(scope, alarm, now);
        var n = alarm.Settings.EvaluationPeriods!.Value;
        var state = AlarmDecision.Decide(
            [.. points.Select(point => point.Value is null ? (bool?)null : point.Breaching)],
            n, alarm.Settings.DatapointsToAlarm ?? n, alarm.Settings.TreatMissingData ?? "missing");
        if (state is null || state == alarm.State)
            return;

        // The points that decided: the newest N with data if there are so many, else all of the newest N.
        var real = points.Where(point => point.Value is not null).ToList();
        IReadOnlyList<AlarmPoint> shown = real.Count > 0 ? [.. real.TakeLast(n)] : [.. points.TakeLast(n)];
        transitions.Set(scope, alarm.Name, alarm, AlarmReason.Of(alarm, state, shown, now), now, out _);
    }

    private List<AlarmPoint> Read(RegionScope scope, AlarmRecord alarm, DateTimeOffset now)
    {
        var (metric, period, statistic, unit) = alarm.Watched();
        var granularity = period < 60 ? Math.Min(period, 10) : 60;
        var end = now.ToUnixTimeSeconds() / granularity * granularity;
        if (period < 60)
            end = end / period * period;
        var count = alarm.Settings.EvaluationPeriods!.Value + ExtraPeriods;
        if (period < 60)
        {
            var late = new WindowRange(end - LateMinute, end, period);
            if (!reader.IsHighResolution(scope, metric, late))
                count = Math.Max(count, alarm.Settings.EvaluationPeriods.Value + (LateMinute / period));
        }

        var range = new WindowRange(end - ((long)count * period), end, period);
        var windows = reader.Read(scope, metric, unit, range, statistic.Percentile is not null).ToDictionary(window => window.Start);
        List<AlarmPoint> points = [];
        for (var start = range.From; start < range.To; start += period)
        {
            var window = windows.GetValueOrDefault(start);
            var value = window is null || IsTooFew(alarm, statistic, window) ? null : statistic.Of(window);
            points.Add(new(DateTimeOffset.FromUnixTimeSeconds(start), value, window?.Summary.Count ?? 0, value is { } v && Breaches(alarm.Settings, v)));
        }

        return points;
    }

    /// <summary>With <c>EvaluateLowSampleCountPercentile=ignore</c>, a percentile of too few samples is as if it were missing.</summary>
    private static bool IsTooFew(AlarmRecord alarm, StatisticKind statistic, WindowData window) =>
        alarm.Settings.EvaluateLowSampleCountPercentile == "ignore" && statistic.Percentile is > 0 and < 100 and var percentile
        && window.Summary.Count < 10 / (percentile >= 50 ? 1 - (percentile / 100) : percentile / 100);

    private static bool Breaches(AlarmSettings alarm, double value) => alarm.ComparisonOperator switch
    {
        "GreaterThanOrEqualToThreshold" => value >= alarm.Threshold,
        "GreaterThanThreshold" => value > alarm.Threshold,
        "LessThanThreshold" => value < alarm.Threshold,
        _ => value <= alarm.Threshold,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The alarms could not be evaluated.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
