using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Sentinel.Detections;

/// <summary>The section <c>Sentinel:Detections:{id}</c>; what is left out keeps the detection's own default.</summary>
internal class DetectionOverrides
{
    /// <summary>Switches it off, has it recorded without notifying, or on.</summary>
    public DetectionMode? Mode { get; set; }

    /// <summary>The number of records in any window that raises an alarm.</summary>
    public int? Threshold { get; set; }

    /// <summary>The window's length.</summary>
    public TimeSpan? Window { get; set; }

    /// <summary>Hysteresis: an alarm goes on while a window holds this many.</summary>
    public int? ClearThreshold { get; set; }

    /// <summary>M of M-of-N.</summary>
    public int? Datapoints { get; set; }

    /// <summary>N of M-of-N.</summary>
    public int? Periods { get; set; }

    /// <summary>How many in the long span, for a detection that has one.</summary>
    public int? SlowThreshold { get; set; }

    /// <summary>The long span.</summary>
    public TimeSpan? SlowWindow { get; set; }

    /// <summary>Principals and keys that are judged otherwise, by any name.</summary>
    public Dictionary<string, ExceptionOptions> Exceptions { get; set; } = [];

    /// <summary>Records that don't count, by any name.</summary>
    public Dictionary<string, SuppressionOptions> Suppressions { get; set; } = [];

    public DetectionSettings ApplyTo(DetectionSettings defaults)
    {
        var threshold = Threshold ?? defaults.Threshold;
        return new(Mode ?? defaults.Mode, threshold, Window ?? defaults.Window)
        {
            ClearThreshold = ClearThreshold ?? (Threshold is null ? defaults.ClearThreshold : threshold),
            Datapoints = Datapoints ?? defaults.Datapoints,
            Periods = Periods ?? defaults.Periods,
            Slow = defaults.Slow is { } slow ? new(SlowThreshold ?? slow.Threshold, SlowWindow ?? slow.Window) : null,
            Exceptions = [.. Exceptions.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.ToException())],
            Suppressions = [.. Suppressions.Values.Select(suppression => suppression.ToSuppression())],
        };
    }

    /// <summary>What is wrong with it.</summary>
    /// <param name="at">Where it stands in the configuration.</param>
    /// <param name="defaults">What holds where it says nothing.</param>
    public IEnumerable<string> Check(string at, DetectionSettings defaults)
    {
        if (Mode is { } mode && !Enum.IsDefined(mode))
            yield return $"{at}:Mode must be Off, DryRun or On";
        if (Threshold is < 1)
            yield return $"{at}:Threshold must be at least 1";
        if (Window is { } window && (window <= TimeSpan.Zero || window > MaxWindow))
            yield return $"{at}:Window must be more than zero and at most {MaxWindow.TotalDays:0} days";
        if (ClearThreshold is { } clear && (clear < 1 || clear > (Threshold ?? defaults.Threshold)))
            yield return $"{at}:ClearThreshold must be at least 1 and at most the threshold, {Threshold ?? defaults.Threshold}";
        if ((Periods ?? defaults.Periods) is < 1 or > MaxPeriods)
            yield return $"{at}:Periods must be from 1 to {MaxPeriods}";
        if ((Datapoints ?? defaults.Datapoints) is var datapoints && (datapoints < 1 || datapoints > (Periods ?? defaults.Periods)))
            yield return $"{at}:Datapoints must be at least 1 and at most Periods, {Periods ?? defaults.Periods}";
        if ((SlowThreshold ?? (object?)SlowWindow) is not null && defaults.Slow is null)
            yield return $"{at} has no long span: leave out SlowThreshold and SlowWindow";
        if (SlowThreshold is < 1)
            yield return $"{at}:SlowThreshold must be at least 1";
        if (SlowWindow is { } slow && (slow <= TimeSpan.Zero || slow > MaxWindow))
            yield return $"{at}:SlowWindow must be more than zero and at most {MaxWindow.TotalDays:0} days";
        foreach (var error in Exceptions.SelectMany(entry => entry.Value.Check($"{at}:Exceptions:{entry.Key}")))
            yield return error;
        foreach (var error in Suppressions.SelectMany(entry => entry.Value.Check($"{at}:Suppressions:{entry.Key}")))
            yield return error;
    }

    private const int MaxPeriods = 100;

    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(35);
}

/// <summary>The section <c>Sentinel:Detections:{id}:Exceptions:{name}</c>.</summary>
internal sealed class ExceptionOptions
{
    /// <summary>A stable principal, such as a role's ARN; <c>*</c> and <c>?</c> stand for any characters and any one.</summary>
    public string? Principal { get; set; }

    /// <summary>A key's ARN, with the same wildcards.</summary>
    public string? Key { get; set; }

    /// <summary>The threshold for these; without one they are not counted.</summary>
    public int? Threshold { get; set; }

    /// <summary>Event time at which it ends.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Why; whoever reads the configuration in a year will ask.</summary>
    public string Reason { get; set; } = "";

    public DetectionException ToException() => new(Principal, Key, Threshold, Until);

    public IEnumerable<string> Check(string at)
    {
        if (string.IsNullOrWhiteSpace(Principal) && string.IsNullOrWhiteSpace(Key))
            yield return $"{at} needs a Principal or a Key; to switch the detection off, set its Mode";
        if (Threshold is < 1)
            yield return $"{at}:Threshold must be at least 1; leave it out to count nothing of these";
        if (string.IsNullOrWhiteSpace(Reason))
            yield return $"{at}:Reason must say why";
    }
}

/// <summary>The section <c>Sentinel:Detections:{id}:Suppressions:{name}</c>.</summary>
internal sealed class SuppressionOptions
{
    /// <summary>A CloudWatch Logs filter pattern over the CloudTrail record.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>Event time at which it ends.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Why.</summary>
    public string Reason { get; set; } = "";

    public Suppression ToSuppression() => new(FilterPattern.Parse(Pattern), Until);

    public IEnumerable<string> Check(string at)
    {
        if (PatternCheck.ProblemOf(Pattern) is { } problem)
            yield return $"{at}:Pattern: {problem}";
        if (string.IsNullOrWhiteSpace(Reason))
            yield return $"{at}:Reason must say why";
    }
}

/// <summary>Tells what is wrong with a filter pattern.</summary>
internal static class PatternCheck
{
    public static string? ProblemOf(string pattern)
    {
        try
        {
            return FilterPattern.Parse(pattern).MatchesEverything ? "it matches every record; write one such as { $.eventName = \"Decrypt\" }" : null;
        }
        catch (FilterPatternException problem)
        {
            return problem.Message;
        }
    }
}
