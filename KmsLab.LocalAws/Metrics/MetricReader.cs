using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Reads metrics as windows of a period.</summary>
internal sealed class MetricReader(StateStore store, MetricStore metrics)
{
    private const string Points = "SELECT start, samples, sum, minimum, maximum FROM metric_points WHERE series_id = $1 AND start >= $2 AND start < $3";
    private const string Values = "SELECT start, value, count FROM metric_values WHERE series_id = $1 AND start >= $2 AND start < $3";

    /// <summary>The windows that have data, oldest first.</summary>
    /// <param name="scope">The metric's account and Region.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="unit">Only data of that unit; null for all, taken together.</param>
    /// <param name="range">Which windows.</param>
    /// <param name="withValues">Whether percentiles are wanted.</param>
    public IReadOnlyList<WindowData> Read(RegionScope scope, MetricId metric, string? unit, WindowRange range, bool withValues) =>
        Read(metrics.Find(scope, metric, unit), range, withValues);

    /// <inheritdoc cref="Read(RegionScope, MetricId, string?, WindowRange, bool)"/>
    public IReadOnlyList<WindowData> Read(IReadOnlyList<Series> series, WindowRange range, bool withValues)
    {
        if (series.Count == 0)
            return [];

        var windows = new SortedDictionary<long, WindowData>();
        store.Read(connection =>
        {
            foreach (var one in series)
                Read(connection, one.Id, range, withValues, windows);
            return 0;
        });
        return [.. windows.Values];
    }

    /// <summary>Whether the metric has data by the second in the range.</summary>
    public bool IsHighResolution(RegionScope scope, MetricId metric, WindowRange range) => metrics.Find(scope, metric, null) is { Count: > 0 } series && store.Read(connection =>
        series.Any(one => connection.Query("SELECT 1 FROM metric_points WHERE series_id = $1 AND start >= $2 AND start < $3 AND resolution = 1 LIMIT 1", _ => 1, one.Id, range.From, range.To).Count > 0));

    private static void Read(SqliteConnection connection, long id, WindowRange range, bool withValues, SortedDictionary<long, WindowData> windows)
    {
        connection.Query(Points, row =>
        {
            var window = At(row.GetInt64(0));
            window.Summary += new Summary(row.GetDouble(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4));
            return 0;
        }, id, range.From, range.To);

        if (withValues)
        {
            connection.Query(Values, row =>
            {
                var values = At(row.GetInt64(0)).Values;
                values[row.GetDouble(1)] = values.GetValueOrDefault(row.GetDouble(1)) + row.GetDouble(2);
                return 0;
            }, id, range.From, range.To);
        }

        WindowData At(long start)
        {
            var window = range.From + ((start - range.From) / range.Period * range.Period);
            return windows.TryGetValue(window, out var data) ? data : windows[window] = new(window);
        }
    }
}

/// <summary>Consecutive windows, in Unix seconds: the first begins at <paramref name="From"/>, the last ends before or at <paramref name="To"/>.</summary>
internal readonly record struct WindowRange(long From, long To, int Period)
{
    /// <summary>The windows of a query: AWS moves its start back to a multiple of the period.</summary>
    public static WindowRange Aligned(DateTimeOffset from, DateTimeOffset to, int period)
    {
        var start = from.ToUnixTimeSeconds();
        return new(start - (start % period), to.ToUnixTimeSeconds(), period);
    }
}
