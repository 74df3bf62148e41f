using System.Globalization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>GetMetricData, GetMetricStatistics and ListMetrics.</summary>
internal sealed class MetricQueries(MetricReader reader, MetricStore metrics)
{
    private const int MaxQueries = 500;
    private const int MaxDatapoints = 100_800;
    private const int MaxStatistics = 1440;
    private const int PageOfMetrics = 500;

    public GetMetricDataResponse GetMetricData(AwsCall call, GetMetricDataRequest request)
    {
        if (request.StartTime >= request.EndTime)
            throw CloudWatchErrors.Validation("The parameter StartTime must be less than the parameter EndTime.");
        if (request.MetricDataQueries!.Count > MaxQueries)
            throw CloudWatchErrors.Validation($"The collection MetricDataQueries must not have a size greater than {MaxQueries}.");
        if (request.MetricDataQueries.Select(query => query.Id).Distinct().Count() < request.MetricDataQueries.Count)
            throw CloudWatchErrors.Validation("The values for parameter id in MetricDataQueries are not unique.");

        var page = new Page(Offset(request.NextToken, CloudWatchErrors.InvalidToken()), Math.Clamp(request.MaxDatapoints ?? MaxDatapoints, 1, MaxDatapoints));
        List<MetricDataResult> results = [];
        var labels = new MetricLabels(request.MetricDataQueries);
        foreach (var query in request.MetricDataQueries)
        {
            RefuseOtherAccount(call, query);
            var windows = Windows(call.Scope, query, request);
            if (query.ReturnData == false)
                continue;
            if (request.ScanBy != "TimestampAscending")
                windows.Reverse();
            var shown = page.Take(windows);
            results.Add(new()
            {
                Id = query.Id,
                Label = labels.Of(query),
                Timestamps = [.. shown.Select(window => DateTimeOffset.FromUnixTimeSeconds(window.Time))],
                Values = [.. shown.Select(window => window.Value)],
                StatusCode = page.IsFull ? "PartialData" : "Complete",
            });
        }

        return new() { MetricDataResults = results, NextToken = page.NextToken, Messages = [] };
    }

    public GetMetricStatisticsResponse GetMetricStatistics(AwsCall call, GetMetricStatisticsRequest request)
    {
        var statistics = Statistics(request);
        Units.Check(request.Unit, "unit");
        if (request.StartTime >= request.EndTime)
            throw CloudWatchErrors.InvalidValue("The parameter StartTime must be less than the parameter EndTime.");
        CheckPeriod(request.Period!.Value, CloudWatchErrors.InvalidValue);
        var count = (long)Math.Ceiling((request.EndTime!.Value - request.StartTime!.Value).TotalSeconds / request.Period.Value);
        if (count > MaxStatistics)
            throw CloudWatchErrors.InvalidCombination($"You have requested up to {count} datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.");

        var metric = MetricId.Of(request.Namespace!, request.MetricName!, request.Dimensions);
        var range = WindowRange.Aligned(request.StartTime.Value, request.EndTime.Value, request.Period.Value);
        var withValues = statistics.Exists(statistic => statistic.Percentile is not null);
        return new()
        {
            Label = request.MetricName,
            Datapoints = [.. metrics.Find(call.Scope, metric, request.Unit)
                .SelectMany(series => reader.Read([series], range, withValues).Select(window => ToDatapoint(window, statistics, series.Unit)))],
        };
    }

    public ListMetricsResponse ListMetrics(AwsCall call, ListMetricsRequest request)
    {
        // Accounts are not linked here: each sees its own metrics only.
        if (request.OwningAccount is { } owner && owner != call.Account)
            return new() { Metrics = [] };
        var since = request.RecentlyActive is null ? call.Time.AddDays(-14) : call.Time.AddHours(-3);
        var offset = Offset(request.NextToken, CloudWatchErrors.InvalidValue("Invalid nextToken"));
        List<MetricId> matching = [.. metrics.List(call.Scope, since).Where(metric =>
            (request.Namespace is null || metric.Namespace == request.Namespace)
            && (request.MetricName is null || metric.Name == request.MetricName)
            && (request.Dimensions ?? []).TrueForAll(filter => metric.Dimensions.Any(d => d.Key == filter.Name && (filter.Value is null || d.Value == filter.Value))))];

        return new()
        {
            Metrics = [.. matching.Skip(offset).Take(PageOfMetrics).Select(metric => metric.ToShape())],
            NextToken = matching.Count > offset + PageOfMetrics ? (offset + PageOfMetrics).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    /// <summary>Reads the statistic of a query.</summary>
    /// <exception cref="AwsException">UnsupportedOperationException for expressions; ValidationError for what AWS refuses.</exception>
    public static StatisticKind Statistic(MetricDataQuery query)
    {
        if (query.Expression is not null)
            throw CloudWatchErrors.Unsupported("KmsLab LocalAws evaluates no metric math or Metrics Insights: MetricDataQueries must have a MetricStat, not an Expression.");
        if (query.MetricStat is not { Metric: { Namespace: not null, MetricName: not null } } stat)
            throw CloudWatchErrors.Validation($"Either Expression or MetricStat must be specified in the MetricDataQuery {query.Id}.");
        CheckPeriod(stat.Period!.Value, CloudWatchErrors.Validation);
        Units.Check(stat.Unit, "metricStat.unit");
        return StatisticKind.Parse(stat.Stat!) ?? throw CloudWatchErrors.Validation($"The value {stat.Stat} for parameter MetricStat.Stat is not supported.");
    }

    /// <summary>Refuses to look into another account, which AWS does where accounts are linked.</summary>
    public static void RefuseOtherAccount(AwsCall call, MetricDataQuery query)
    {
        if (query.AccountId is { } account && account != call.Account)
            throw CloudWatchErrors.Unsupported($"KmsLab LocalAws links no accounts: the metrics of {account} can't be read by {call.Account}.");
    }

    private List<(long Time, double Value)> Windows(RegionScope scope, MetricDataQuery query, GetMetricDataRequest request)
    {
        var statistic = Statistic(query);
        var stat = query.MetricStat!;
        var metric = MetricId.Of(stat.Metric!.Namespace!, stat.Metric.MetricName!, stat.Metric.Dimensions);
        var range = WindowRange.Aligned(request.StartTime!.Value, request.EndTime!.Value, stat.Period!.Value);
        List<(long, double)> values = [];
        foreach (var window in reader.Read(scope, metric, stat.Unit, range, statistic.Percentile is not null))
        {
            if (statistic.Of(window) is { } value)
                values.Add((window.Start, value));
        }

        return values;
    }

    private static List<StatisticKind> Statistics(GetMetricStatisticsRequest request)
    {
        if (request.Statistics is null && request.ExtendedStatistics is null)
            throw CloudWatchErrors.InvalidCombination("Must specify either Statistics or ExtendedStatistics");

        return [.. (request.Statistics ?? []).Concat(request.ExtendedStatistics ?? []).Select(name =>
            StatisticKind.Parse(name) ?? throw CloudWatchErrors.InvalidValue($"The value {name} for parameter ExtendedStatistics.member is not supported."))];
    }

    private static Datapoint ToDatapoint(WindowData window, List<StatisticKind> statistics, string unit)
    {
        var names = statistics.ConvertAll(statistic => statistic.Name);
        var percentiles = statistics.Where(statistic => statistic.Percentile is not null).Select(s => (s.Name, Value: s.Of(window))).Where(s => s.Value is not null).ToList();
        return new()
        {
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(window.Start),
            Unit = unit,
            SampleCount = names.Contains("SampleCount") ? window.Summary.Count : null,
            Sum = names.Contains("Sum") ? window.Summary.Sum : null,
            Average = names.Contains("Average") ? window.Summary.Sum / window.Summary.Count : null,
            Minimum = names.Contains("Minimum") ? window.Summary.Minimum : null,
            Maximum = names.Contains("Maximum") ? window.Summary.Maximum : null,
            ExtendedStatistics = percentiles.Count == 0 ? null : percentiles.ToDictionary(s => s.Name, s => s.Value!.Value),
        };
    }

    private static void CheckPeriod(int period, Func<string, AwsException> error)
    {
        if (period is not (1 or 5 or 10 or 20 or 30) && period % 60 != 0)
            throw error("The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.");
    }

    private static int Offset(string? token, AwsException refusal) => token is null ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 1_000_000_000 ? offset
        : throw refusal;

    /// <summary>Cuts a page out of the data points of all queries, one after the other.</summary>
    private sealed class Page(int offset, int size)
    {
        private readonly int _end = offset + size;
        private int _toSkip = offset;
        private int _toTake = size;

        public bool IsFull { get; private set; }

        public string? NextToken => IsFull ? _end.ToString(CultureInfo.InvariantCulture) : null;

        public List<(long Time, double Value)> Take(List<(long Time, double Value)> windows)
        {
            var skipped = Math.Min(_toSkip, windows.Count);
            var taken = windows.Skip(skipped).Take(_toTake).ToList();
            _toSkip -= skipped;
            _toTake -= taken.Count;
            IsFull |= skipped + taken.Count < windows.Count;
            return taken;
        }
    }
}
