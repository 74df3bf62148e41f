using KmsLab.Sentinel.Sources;

namespace KmsLab.Sentinel.TrailHealth.Flood;

/// <summary>The section <c>Sentinel:Flood</c>: how much is too much to be the account's own work.</summary>
internal sealed class FloodOptions
{
    /// <summary>Fewer records a minute are no flood, however quiet it usually is.</summary>
    public long Records { get; set; } = 20_000;

    /// <summary>Fewer bytes a minute are no flood: a fifth of what can be read.</summary>
    public long Bytes { get; set; } = 60_000_000;

    /// <summary>So many times what all but the busiest hundredth of the last two days' minutes hold is a flood, if it is more than those.</summary>
    public double Times { get; set; } = 10;

    /// <summary>Time from one look to the next.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (Records < 1 || Bytes < 1)
            yield return "Sentinel:Flood:Records and Bytes must be at least 1";
        if (!(Times >= 1))
            yield return "Sentinel:Flood:Times must be at least 1";
        if (LookInterval <= TimeSpan.Zero)
            yield return "Sentinel:Flood:LookInterval must be more than zero, for instance 00:00:15";
    }
}

/// <summary>A minute that holds more than it should.</summary>
/// <param name="Minute">Which, by the events' stamps.</param>
/// <param name="Volume">What it holds, as far as it was read.</param>
/// <param name="Limit">What would be too much.</param>
internal sealed record FloodedMinute(DateTimeOffset Minute, Volume Volume, Volume Limit);
