namespace KmsLab.Sentinel.Alarms;

/// <summary>The section <c>Sentinel:Alarms</c>: how often a firing alarm is said again, how long it may be silenced, and how long its history is kept.</summary>
internal sealed class AlarmOptions
{
    public const string Section = "Sentinel:Alarms";

    /// <summary>An alarm that goes on firing, and that nobody acknowledged, is said again after this. Zero: never.</summary>
    public TimeSpan RemindEvery { get; set; } = TimeSpan.FromHours(4);

    /// <summary>
    /// An acknowledgement covers what was seen: so many times as much of the same is news, and so is anything of another kind. Zero: only another kind is.
    /// </summary>
    public double NewsFactor { get; set; } = 3;

    /// <summary>Alarms that have a principal, session, access key or key in common are of one incident when their event times are no further apart. Zero: alarms have no relatives.</summary>
    public TimeSpan RelatedWithin { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Tells a weaker alarm with a more severe one of its incident that is firing, instead of by itself.</summary>
    public bool Inhibit { get; set; } = true;

    /// <summary>The longest silence that may be asked for: one without an end is one that is forgotten.</summary>
    public TimeSpan LongestSilence { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The profile of your AWS CLI that a runbook's commands name. In a lab they name its endpoint instead.</summary>
    public string CommandProfile { get; set; } = "";

    /// <summary>
    /// The number of records of an alarm's occurrence that are kept whole. Later ones count as well, and are found in the trail.
    /// </summary>
    public int KeepRecords { get; set; } = 1000;

    /// <summary>How long a closed alarm is kept with its evidence, from its end on. One that nobody has closed is kept as long as the history.</summary>
    public TimeSpan KeepEvidence { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long the history of alarms is kept: state changes, notifications, and what people did and wrote.</summary>
    public TimeSpan KeepHistory { get; set; } = TimeSpan.FromDays(400);

    public IEnumerable<string> Validate()
    {
        if (RemindEvery < TimeSpan.Zero)
            yield return $"{Section}:RemindEvery must be a span of time such as 04:00:00, or 00:00:00 for no reminders";
        if (NewsFactor != 0 && !(NewsFactor >= 1))
            yield return $"{Section}:NewsFactor must be at least 1, or 0 for no news of more of the same";
        if (RelatedWithin < TimeSpan.Zero)
            yield return $"{Section}:RelatedWithin must be a span of time such as 01:00:00, or 00:00:00 for no relatives";
        if (LongestSilence <= TimeSpan.Zero)
            yield return $"{Section}:LongestSilence must be more than zero, for instance 30.00:00:00 for 30 days";
        if (CommandProfile.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or '@')))
            yield return $"{Section}:CommandProfile must be a profile's name of letters, digits and - _ . @";
        if (KeepRecords is < 50 or > 100_000)
            yield return $"{Section}:KeepRecords must be from 50 to 100000";
        if (KeepEvidence <= TimeSpan.Zero || KeepEvidence > KeepHistory && KeepHistory > TimeSpan.Zero)
            yield return $"{Section}:KeepEvidence must be more than zero and at most KeepHistory, for instance 90.00:00:00 for 90 days";
        if (KeepHistory <= TimeSpan.Zero)
            yield return $"{Section}:KeepHistory must be more than zero, for instance 400.00:00:00 for 400 days";
    }
}
