namespace KmsLab.Sentinel.Rates;

/// <summary>The section <c>Sentinel:Rates</c>: how long counts are kept, and how fine.</summary>
internal sealed class RateOptions
{
    /// <summary>How long buckets of <see cref="SeriesOptions.BucketSize"/> are kept; then they are added up to coarser ones.</summary>
    public TimeSpan FineFor { get; set; } = TimeSpan.FromHours(48);

    /// <summary>Size of the coarser buckets.</summary>
    public TimeSpan CoarseBucketSize { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long any are kept.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    public IEnumerable<string> Validate(TimeSpan bucketSize, TimeSpan retention)
    {
        if (FineFor <= TimeSpan.Zero)
            yield return "Sentinel:Rates:FineFor must be more than zero, for instance 2.00:00:00 for two days";
        if (CoarseBucketSize < bucketSize || bucketSize <= TimeSpan.Zero || CoarseBucketSize.Ticks % bucketSize.Ticks != 0)
            yield return "Sentinel:Rates:CoarseBucketSize must be a multiple of Sentinel:BucketSize";
        if (KeepFor < retention)
            yield return "Sentinel:Rates:KeepFor must not be less than Sentinel:Retention: late records are still counted so long";
    }
}
