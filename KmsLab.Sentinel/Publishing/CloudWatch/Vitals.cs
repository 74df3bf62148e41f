using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>How Sentinel is: measured, and stamped, now.</summary>
/// <param name="At">When.</param>
/// <param name="WatermarkLag">How far the watermark is behind the clock; null before there is one.</param>
/// <param name="Firing">Alarms whose occurrence is not over, by severity.</param>
/// <param name="Pending">Deliveries to come, over all channels.</param>
/// <param name="OldestPending">For how long the oldest of them has waited.</param>
/// <param name="GaveUp">Deliveries that were given up, as far as they are kept.</param>
internal sealed record Vitals(
    DateTimeOffset At, TimeSpan? WatermarkLag, IReadOnlyDictionary<Severity, int> Firing, IReadOnlyDictionary<string, long> Pending, TimeSpan OldestPending, long GaveUp)
{
    /// <summary>Names of the metrics; CloudWatch alarms may watch these.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["Heartbeat", "WatermarkLag", "AlarmsFiring", "NotificationsPending", "OldestNotification", "NotificationsGivenUp"];

    public List<MetricDatum> ToData()
    {
        List<MetricDatum> data =
        [
            Datum("Heartbeat", 1, StandardUnit.Count),
            Datum("AlarmsFiring", Firing.Values.Sum(), StandardUnit.Count),
            .. Enum.GetValues<Severity>().Select(severity => Datum("AlarmsFiring", Firing.GetValueOrDefault(severity), StandardUnit.Count, new Dimension { Name = "Severity", Value = severity.ToString() })),
            Datum("NotificationsPending", Pending.Values.Sum(), StandardUnit.Count),
            Datum("OldestNotification", OldestPending.TotalSeconds, StandardUnit.Seconds),
            Datum("NotificationsGivenUp", GaveUp, StandardUnit.Count),
        ];
        if (WatermarkLag is { } lag)
            data.Add(Datum("WatermarkLag", lag.TotalSeconds, StandardUnit.Seconds));
        return data;
    }

    private MetricDatum Datum(string name, double value, StandardUnit unit, params List<Dimension> dimensions) =>
        new() { MetricName = name, Value = value, Unit = unit, Timestamp = At.UtcDateTime, Dimensions = dimensions };
}

/// <summary>Measures them.</summary>
internal sealed class VitalsQuery(Database database, DeliveryStore deliveries, DetectionCatalog catalog, SentinelStatus status, TimeProvider time)
{
    public async Task<Vitals> ReadAsync(CancellationToken cancellationToken)
    {
        var firing = await database.ReadAsync(
            connection => connection.QueryAsync<string>(new CommandDefinition("SELECT detection FROM alarm WHERE ended = 0", cancellationToken: cancellationToken)), cancellationToken);
        var backlogs = await deliveries.ReadBacklogsAsync(cancellationToken);
        var now = time.GetUtcNow();
        return new(
            now,
            Watermark.LagOf(status.Watermark?.Known, now) is { } lag ? TimeSpan.FromSeconds(lag) : null,
            firing.GroupBy(detection => catalog.Find(detection)?.Definition.Severity ?? Severity.Low).ToDictionary(group => group.Key, group => group.Count()),
            backlogs.ToDictionary(backlog => backlog.Channel, backlog => backlog.Pending),
            backlogs.Min(backlog => backlog.OldestPending) is { } oldest ? now - oldest : TimeSpan.Zero,
            backlogs.Sum(backlog => backlog.GaveUp));
    }
}
