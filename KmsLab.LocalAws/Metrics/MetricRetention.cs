using KmsLab.LocalAws.State;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Rolls up and forgets old points, as CloudWatch does: by the second for three hours, by the minute for 15 days, history for 30.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention</remarks>
internal sealed class MetricRetention(StateStore store, MetricStore metrics, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Seconds = TimeSpan.FromHours(3);
    private static readonly TimeSpan Minutes = TimeSpan.FromDays(15);
    private static readonly TimeSpan History = TimeSpan.FromDays(30);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => Apply(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
    }

    public void Dispose() => _timer?.Dispose();

    internal Task Apply()
    {
        using var round = BackgroundActivity.Start("localaws metric retention");
        var now = time.GetUtcNow();
        var seconds = (now - Seconds).ToUnixTimeSeconds() / 60 * 60;
        var minutes = (now - Minutes).ToUnixTimeSeconds();
        var forgotten = metrics.Forget(now - Minutes);
        return store.Enqueue(session =>
        {
            session.Execute("""
                INSERT INTO metric_points (series_id, start, resolution, samples, sum, minimum, maximum)
                SELECT series_id, start / 60 * 60, 60, sum(samples), sum(sum), min(minimum), max(maximum) FROM metric_points WHERE resolution = 1 AND start < $1 GROUP BY series_id, start / 60
                ON CONFLICT DO UPDATE SET samples = samples + excluded.samples, sum = sum + excluded.sum, minimum = min(minimum, excluded.minimum), maximum = max(maximum, excluded.maximum)
                """, seconds);
            session.Execute("""
                INSERT INTO metric_values (series_id, start, resolution, value, count)
                SELECT series_id, start / 60 * 60, 60, value, sum(count) FROM metric_values WHERE resolution = 1 AND start < $1 GROUP BY series_id, start / 60, value
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """, seconds);
            foreach (var table in (string[])["metric_points", "metric_values"])
            {
                session.Execute($"DELETE FROM {table} WHERE resolution = 1 AND start < $1", seconds);
                session.Execute($"DELETE FROM {table} WHERE start < $1", minutes);
            }

            foreach (var id in forgotten)
                session.Execute("DELETE FROM metric_series WHERE id = $1", id);
            session.Execute("DELETE FROM alarm_history WHERE time < $1", (now - History).ToUnixTimeMilliseconds());
        });
    }
}
