namespace KmsLab.Sentinel.Rates;

/// <summary>Settings of the section <c>Sentinel</c> that say how calls are counted.</summary>
internal sealed class SeriesOptions
{
    /// <summary>Size of the tumbling buckets of <c>/api/rates</c>.</summary>
    public TimeSpan BucketSize { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>More series than this share one, <c>Other</c>.</summary>
    public int MaxSeries { get; set; } = 100_000;
}
