using Dapper;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>The points in the database.</summary>
internal sealed class MetricPoints(Database database, LeaderWrites writes)
{
    // PutMetricData takes at most 1,000 metrics and 1 MB: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    private const int MaxMetrics = 1000;
    private const int MaxBytes = 900_000;

    // "Up to two weeks before the current date", with an hour for clocks that differ.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(14) - TimeSpan.FromHours(1);

    /// <summary>The oldest points of minutes that are closed, as many as one call takes.</summary>
    /// <param name="watermark">Minutes that end by then are closed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<MetricPoint>> FindClosedAsync(DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(long Start, string Dimensions, long Calls)>(new CommandDefinition(
                $"SELECT start_at, dimensions, calls FROM metric_point WHERE start_at <= @last ORDER BY start_at, dimensions LIMIT {MaxMetrics}",
                new { last = (watermark - CallMetrics.Minute).ToUnixTimeMilliseconds() }, cancellationToken: cancellationToken)),
            cancellationToken);
        var bytes = 0;
        return [.. rows.Select(row => new MetricPoint(row.Start, row.Dimensions, row.Calls)).TakeWhile(point => (bytes += point.Size) <= MaxBytes)];
    }

    /// <summary>CloudWatch knows of these now. Calls that were counted meanwhile stay.</summary>
    public Task SettleAsync(IReadOnlyList<MetricPoint> points, CancellationToken cancellationToken) => writes.WriteAsync(
        async (connection, transaction) =>
        {
            await RowWriter.InsertAsync(transaction, CallMetrics.Table, CallMetrics.Add, points.Select(point => new object[] { point.Start, point.Dimensions, -point.Calls }), cancellationToken);
            return await connection.ExecuteAsync(new CommandDefinition("DELETE FROM metric_point WHERE calls = 0", transaction: transaction, cancellationToken: cancellationToken));
        },
        cancellationToken);

    /// <summary>Drops what CloudWatch would no longer take.</summary>
    /// <returns>How many points.</returns>
    public Task<int> DropOldAsync(DateTimeOffset now, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM metric_point WHERE start_at < @floor", new { floor = (now - Oldest).ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);
}
