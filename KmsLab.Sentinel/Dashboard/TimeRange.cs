namespace KmsLab.Sentinel.Dashboard;

/// <summary>How far back a page looks.</summary>
internal sealed record TimeRange(string Name, string Title, TimeSpan Length)
{
    public static IReadOnlyList<TimeRange> All { get; } =
    [
        new("15m", "15 minutes", TimeSpan.FromMinutes(15)),
        new("1h", "1 hour", TimeSpan.FromHours(1)),
        new("6h", "6 hours", TimeSpan.FromHours(6)),
        new("24h", "24 hours", TimeSpan.FromHours(24)),
        new("7d", "7 days", TimeSpan.FromDays(7)),
    ];

    /// <summary>How often what is shown of it is read again.</summary>
    public TimeSpan Pace => Length / 2000 is var pace && pace < TimeSpan.FromMinutes(1) ? pace : TimeSpan.FromMinutes(1);

    /// <summary>The one of that name, or an hour.</summary>
    public static TimeRange Of(string? name, string otherwise = "1h") => All.FirstOrDefault(range => range.Name == name) ?? All.First(range => range.Name == otherwise);
}
