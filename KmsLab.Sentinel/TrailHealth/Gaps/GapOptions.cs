namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>The section <c>Sentinel:Gaps</c>: how the time in which the trail was cut is read from CloudTrail's event history.</summary>
internal sealed class GapOptions
{
    public const string Section = "Sentinel:Gaps";

    /// <summary>Fills gaps; where the event history is read anyway they need not be.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time from one reading of a gap to the next, while the trail stays cut.</summary>
    public TimeSpan RoundEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The most LookupEvents calls of one reading: an hour at two a second. What it leaves unread is said.</summary>
    public int RequestsPerRound { get; set; } = 7_200;

    /// <summary>Regions to read whole, beside Sentinel's own; of those that protected keys are in, and that keep the records of IAM, the part that matters is read anyway.</summary>
    public string[] Regions { get; set; } = [];

    /// <summary>Lists what is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (RoundEvery <= TimeSpan.Zero)
            yield return $"{Section}:RoundEvery must be more than zero, for instance 00:05:00";
        if (RequestsPerRound < 1)
            yield return $"{Section}:RequestsPerRound must be at least 1";
    }
}
