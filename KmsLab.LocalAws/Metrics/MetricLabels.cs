using System.Globalization;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The labels of GetMetricData's results where the queries give none: the metric's name, and by which statistic and period queries of it differ.</summary>
internal sealed class MetricLabels(List<MetricDataQuery> queries)
{
    private readonly ILookup<string?, MetricStat> _stats = queries
        .Where(query => query is { Label: null, ReturnData: not false, MetricStat.Metric: not null })
        .ToLookup(query => query.MetricStat!.Metric!.MetricName, query => query.MetricStat!);

    /// <summary>The label of a query that has a MetricStat.</summary>
    public string? Of(MetricDataQuery query)
    {
        if (query.Label is not null)
            return query.Label;

        var stat = query.MetricStat!;
        var label = stat.Metric!.MetricName;
        var siblings = _stats[label];
        if (siblings.DistinctBy(sibling => sibling.Stat).Count() > 1)
            label += $" {stat.Stat}";
        if (siblings.DistinctBy(sibling => sibling.Period).Count() > 1)
            label += string.Create(CultureInfo.InvariantCulture, $" {stat.Period}");
        return label;
    }
}
