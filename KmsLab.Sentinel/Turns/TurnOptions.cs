namespace KmsLab.Sentinel.Turns;

/// <summary>Settings of the section <c>Sentinel</c> that say when the trail counts as complete, and how long late records are accepted.</summary>
internal sealed class TurnOptions
{
    /// <summary>How late a record may come and still be expected: the watermark is the last complete read less this.</summary>
    public TimeSpan AllowedLateness { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A watermark that stands still longer than this makes alarms INSUFFICIENT_DATA.</summary>
    public TimeSpan StandstillLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long late records are accepted, and what detections count by is kept. Older records are counted as too late and otherwise left out.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(50);
}
