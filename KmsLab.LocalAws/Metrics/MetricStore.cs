using System.Globalization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>All metrics: the series in memory, their points in the state file.</summary>
/// <remarks>
/// SQLite adds a sample to its point in place, so memory holds no points and two clients' samples never overwrite each other. Values are kept to four significant digits
/// beside the sums, for percentiles: a point stays small however many values it takes.
/// </remarks>
internal sealed class MetricStore
{
    /// <summary>So many metrics are kept; a new one beyond is refused.</summary>
    internal const int MaxSeries = 100_000;

    private const string AddSeries = """
        INSERT INTO metric_series (id, account, region, metric, unit, newest) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)
        """;

    private const string AddPoint = """
        INSERT INTO metric_points (series_id, start, resolution, samples, sum, minimum, maximum) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO UPDATE SET samples = samples + excluded.samples, sum = sum + excluded.sum, minimum = min(minimum, excluded.minimum), maximum = max(maximum, excluded.maximum)
        """;

    private const string AddValue = """
        INSERT INTO metric_values (series_id, start, resolution, value, count) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO UPDATE SET count = count + excluded.count
        """;

    private readonly Lock _lock = new();
    private readonly Dictionary<(RegionScope Scope, MetricId Metric), List<Series>> _series = [];
    private readonly StateStore _store;
    private long _lastId;
    private int _count;

    public MetricStore(StateStore store)
    {
        _store = store;
        foreach (var (scope, series) in store.Read(connection => connection.Query(
            "SELECT id, account, region, metric, unit, newest FROM metric_series ORDER BY id",
            row => (new RegionScope(row.GetString(1), row.GetString(2)), new Series(row.GetInt64(0), MetricId.Parse(row.GetString(3)), row.GetString(4)) { Newest = row.GetInt64(5) }))))
            Add(scope, series);
    }

    /// <summary>Adds samples; the task completes when they are on disk. Never blocks.</summary>
    /// <exception cref="AwsException">LimitExceeded: too many metrics.</exception>
    public Task Put(RegionScope scope, IReadOnlyList<MetricSample> samples)
    {
        lock (_lock)
        {
            var writes = new List<(Series Series, MetricSample Sample)>(samples.Count);
            foreach (var sample in samples)
            {
                var series = FindOrAdd(scope, sample);
                series.Newest = Math.Max(series.Newest, sample.Time.ToUnixTimeSeconds());
                writes.Add((series, sample));
            }

            return _store.Enqueue(session =>
            {
                foreach (var (series, sample) in writes)
                    Write(session, scope, series, sample);
            });
        }
    }

    /// <summary>A metric's series, one a unit.</summary>
    /// <param name="scope">Its account and Region.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="unit">Only that unit's; null for all.</param>
    public IReadOnlyList<Series> Find(RegionScope scope, MetricId metric, string? unit)
    {
        lock (_lock)
        {
            return _series.TryGetValue((scope, metric), out var found) ? [.. found.Where(series => unit is null || series.Unit == unit)] : [];
        }
    }

    /// <summary>The metrics with data at or after an instant, in order of their names.</summary>
    public List<MetricId> List(RegionScope scope, DateTimeOffset since)
    {
        var seconds = since.ToUnixTimeSeconds();
        lock (_lock)
        {
            return [.. _series
                .Where(entry => entry.Key.Scope == scope && entry.Value.Exists(series => series.Newest >= seconds))
                .Select(entry => entry.Key.Metric)
                .OrderBy(metric => metric.Key, StringComparer.Ordinal)];
        }
    }

    /// <summary>Forgets series that got no data since then; the caller removes their rows.</summary>
    public List<long> Forget(DateTimeOffset before)
    {
        var seconds = before.ToUnixTimeSeconds();
        List<long> forgotten = [];
        lock (_lock)
        {
            foreach (var (key, all) in _series.ToList())
            {
                forgotten.AddRange(all.Where(series => series.Newest < seconds).Select(series => series.Id));
                _count -= all.RemoveAll(series => series.Newest < seconds);
                if (all.Count == 0)
                    _series.Remove(key);
            }
        }

        return forgotten;
    }

    private Series FindOrAdd(RegionScope scope, MetricSample sample)
    {
        if (_series.TryGetValue((scope, sample.Metric), out var all) && all.Find(series => series.Unit == sample.Unit) is { } known)
            return known;
        if (_count >= MaxSeries)
            throw new AwsException("LimitExceededFault", $"KmsLab LocalAws keeps at most {MaxSeries} metrics.") { QueryCode = "LimitExceeded" };

        var added = new Series(_lastId + 1, sample.Metric, sample.Unit);
        Add(scope, added);
        return added;
    }

    private void Add(RegionScope scope, Series series)
    {
        if (!_series.TryGetValue((scope, series.Metric), out var all))
            _series[(scope, series.Metric)] = all = [];
        all.Add(series);
        _lastId = Math.Max(_lastId, series.Id);
        _count++;
    }

    private static void Write(WriteSession session, RegionScope scope, Series series, MetricSample sample)
    {
        var seconds = sample.Time.ToUnixTimeSeconds();
        session.Execute(AddSeries, series.Id, scope.Account, scope.Region, series.Metric.Key, series.Unit, seconds);
        var resolution = sample.HighResolution ? 1 : 60;
        var start = seconds - (seconds % resolution);
        var summary = sample.Summary ?? Summary.Of(sample.Values);
        session.Execute(AddPoint, series.Id, start, resolution, summary.Count, summary.Sum, summary.Minimum, summary.Maximum);
        foreach (var (value, count) in sample.Values)
            session.Execute(AddValue, series.Id, start, resolution, Rounded(value), count);
    }

    /// <summary>To four significant digits.</summary>
    private static double Rounded(double value) => double.Parse(value.ToString("E3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

/// <summary>The points of one metric in one unit.</summary>
internal sealed record Series(long Id, MetricId Metric, string Unit)
{
    /// <summary>When its newest data was measured, in Unix seconds.</summary>
    public long Newest { get; set; }
}
