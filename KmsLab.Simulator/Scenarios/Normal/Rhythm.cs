namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>How much of a day's work falls into each of its hours (UTC). Each sums to 1 over a weekday.</summary>
internal static class Rhythm
{
    private static readonly double[] OfficeHours = Normalized(
        [0.01, 0.005, 0.005, 0.005, 0.01, 0.02, 0.08, 0.35, 0.9, 1.1, 1.15, 1.0, 0.5, 0.8, 1.1, 1.05, 0.9, 0.5, 0.2, 0.1, 0.06, 0.04, 0.03, 0.02]);

    private static readonly double[] ServiceHours = Normalized([.. Enumerable.Range(0, 24).Select(hour => 0.55 - (0.45 * Math.Cos((hour - 3) * Math.PI / 12)))]);

    /// <summary>People at work: a morning, a lunch break, an afternoon, and nearly nobody at weekends.</summary>
    public static double Office(DateTimeOffset hour) => OfficeHours[hour.Hour] * (IsWeekend(hour) ? 0.04 : 1);

    /// <summary>Customers round the clock, fewest before dawn, fewer at weekends.</summary>
    public static double Service(DateTimeOffset hour) => ServiceHours[hour.Hour] * (IsWeekend(hour) ? 0.6 : 1);

    public static bool IsWeekend(DateTimeOffset day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static double[] Normalized(double[] hours) => [.. hours.Select(hour => hour / hours.Sum())];
}
