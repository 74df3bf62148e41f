using KmsLab.Sentinel.Languages;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>How far back a page looks.</summary>
internal sealed record TimeRange(string Name, TimeSpan Length)
{
    public static IReadOnlyList<TimeRange> All { get; } =
    [
        new("15m", TimeSpan.FromMinutes(15)),
        new("1h", TimeSpan.FromHours(1)),
        new("6h", TimeSpan.FromHours(6)),
        new("24h", TimeSpan.FromHours(24)),
        new("7d", TimeSpan.FromDays(7)),
    ];

    /// <summary>How often what is shown of it is read again.</summary>
    public TimeSpan Pace => Length / 2000 is var pace && pace < TimeSpan.FromMinutes(1) ? pace : TimeSpan.FromMinutes(1);

    /// <summary>Its name in words.</summary>
    public string TitleIn(Texts texts) => texts[$"Range.{Name}"];

    /// <summary>The one of that name, or an hour.</summary>
    public static TimeRange Of(string? name, string otherwise = "1h") => All.FirstOrDefault(range => range.Name == name) ?? All.First(range => range.Name == otherwise);
}
