namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>The section <c>Sentinel:Guard</c>: the look at the trail from outside.</summary>
internal sealed class GuardOptions
{
    /// <summary>Looks at trail, log group, alarms and what else stands in <c>Sentinel:Evidence</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time from one look to the next.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many protected keys each look asks for, in turn; the evidence's own keys are asked for every time.</summary>
    public int KeysPerLook { get; set; } = 10;

    /// <summary>Time until a call that was denied, or whose subject is gone, is made again: each leaves an error on the trail.</summary>
    public TimeSpan DeniedRetry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often trails that deliver to the log groups are looked for, and the policies, grants and tags of keys are read.</summary>
    public TimeSpan SurveyInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Regions whose keys are surveyed, beside Sentinel's own and those that records or protected keys name: name those in which keys of a set may lie unused.
    /// </summary>
    public string[] Regions { get; set; } = [];

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (Interval <= TimeSpan.Zero || DeniedRetry <= TimeSpan.Zero || SurveyInterval <= TimeSpan.Zero)
            yield return "Sentinel:Guard: Interval, DeniedRetry and SurveyInterval must be more than zero, for instance 00:01:00";
        foreach (var region in Regions.Where(region => string.IsNullOrEmpty(region) || !region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            yield return $"Sentinel:Guard:Regions: '{region}' is no Region such as eu-west-1";
        if (KeysPerLook < 1)
            yield return "Sentinel:Guard:KeysPerLook must be at least 1";
    }
}
