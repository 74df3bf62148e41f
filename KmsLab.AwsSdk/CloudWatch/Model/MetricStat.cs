namespace Amazon.CloudWatch.Model;

/// <summary>A metric, its period and its statistic.</summary>
public partial class MetricStat
{
    public Metric Metric { get; set; }

    /// <summary>In seconds.</summary>
    public int? Period { get; set; }

    public string Stat { get; set; }

    public StandardUnit Unit { get; set; }
}
