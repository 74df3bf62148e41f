namespace KmsLab.Benchmarks.Detection;

/// <summary>A period of a CloudWatch metric that has data.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="Records">The event times in it.</param>
internal readonly record struct Period(DateTimeOffset Start, IReadOnlyList<DateTimeOffset> Records);

/// <summary>The statistic Sum, period by period.</summary>
internal static class PeriodSums
{
    /// <summary>Periods that have data, in order. Periods are aligned to the epoch, as CloudWatch's are.</summary>
    public static IEnumerable<Period> Of(IEnumerable<DateTimeOffset> records, TimeSpan length) =>
        records.GroupBy(at => at.UtcTicks / length.Ticks).OrderBy(period => period.Key).Select(period => new Period(new(period.Key * length.Ticks, TimeSpan.Zero), [.. period.Order()]));
}
