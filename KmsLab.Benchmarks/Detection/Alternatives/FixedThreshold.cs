namespace KmsLab.Benchmarks.Detection;

/// <summary>
/// What a careful user would set in CloudWatch: successful Decrypts of the application's role in 5 minutes, more than one and a half times the most that
/// there was in two weeks without an attack; 1 of 1 datapoints, missing data <c>notBreaching</c>.
/// </summary>
/// <remarks>It is granted the time of the record that is one too many, as if CloudWatch looked each second.</remarks>
internal static class FixedThreshold
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private const double Reserve = 1.5;
    private static readonly TimeSpan Observation = TimeSpan.FromDays(14);

    /// <summary>The most that may be in a period.</summary>
    /// <param name="decrypts">Event times.</param>
    /// <param name="start">The first day.</param>
    public static int ThresholdOf(IEnumerable<DateTimeOffset> decrypts, DateTimeOffset start) =>
        (int)(Reserve * PeriodSums.Of(decrypts.Where(at => at < start + Observation), Period).Select(period => period.Records.Count).DefaultIfEmpty().Max());

    /// <summary>When it goes to ALARM.</summary>
    public static IReadOnlyList<DateTimeOffset> Of(IEnumerable<DateTimeOffset> decrypts, int threshold)
    {
        var (fired, last) = (new List<DateTimeOffset>(), DateTimeOffset.MinValue);
        foreach (var period in PeriodSums.Of(decrypts, Period).Where(period => period.Records.Count > threshold))
        {
            if (period.Start - last > Period)
                fired.Add(period.Records[threshold]);
            last = period.Start;
        }

        return fired;
    }
}
