namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>How a chart's time axis is labelled: few enough labels for a phone, at times that people use.</summary>
internal static class TimeAxis
{
    private const int Labels = 4;

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(2),
    ];

    /// <summary>From one label to the next.</summary>
    public static TimeSpan StepOf(TimeSpan range) => Steps.FirstOrDefault(step => range / step <= Labels) is { Ticks: > 0 } step ? step : TimeSpan.FromDays(Math.Ceiling(range.TotalDays / Labels));

    /// <summary>A label of an instant in UTC, on the viewer's clock.</summary>
    public static string Label(object utc, TimeSpan range, ViewerFormat format) =>
        range > TimeSpan.FromDays(2) ? format.Weekday(Instant((DateTime)utc)) : format.Minute(Instant((DateTime)utc));

    /// <summary>A point in a tooltip: on the viewer's clock, and in UTC.</summary>
    public static string Label(DateTime utc, ViewerFormat format) =>
        $"{format.WeekdayMinute(Instant(utc))}{(format.Zone == "UTC" ? "" : $" ({utc:HH:mm} UTC)")}";

    private static DateTimeOffset Instant(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
