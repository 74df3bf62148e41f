namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>The section <c>Sentinel:Metrics:Alarms:{name}</c>: a CloudWatch alarm that Sentinel keeps.</summary>
/// <remarks>
/// Only on metrics that are stamped when they are measured: those of event time come late and in parts, and an alarm on them would look at minutes
/// that are not complete.
/// </remarks>
internal sealed class MetricAlarmOptions
{
    private static readonly string[] Statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
    private static readonly string[] Comparisons = ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"];
    private static readonly string[] Missing = ["missing", "ignore", "breaching", "notBreaching"];

    /// <summary>One of <see cref="Vitals.Metrics"/>.</summary>
    public string Metric { get; set; } = "";

    /// <summary>The metric's dimensions, by name.</summary>
    public Dictionary<string, string> Dimensions { get; set; } = [];

    /// <summary>The number that a period's values are made into: SampleCount, Average, Sum, Minimum or Maximum.</summary>
    public string Statistic { get; set; } = "Maximum";

    /// <summary>The comparison with the threshold, by CloudWatch's name.</summary>
    public string Comparison { get; set; } = "GreaterThanOrEqualToThreshold";

    /// <summary>The value that is too much.</summary>
    public double? Threshold { get; set; }

    /// <summary>Whole minutes.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The N of M out of N: how many periods are looked at.</summary>
    public int EvaluationPeriods { get; set; } = 1;

    /// <summary>M of the N evaluation periods; all of them when absent.</summary>
    public int? DatapointsToAlarm { get; set; }

    /// <summary>The sense of a period without values: missing, ignore, breaching or notBreaching.</summary>
    public string TreatMissingData { get; set; } = "missing";

    /// <summary>The alarm's description.</summary>
    public string Description { get; set; } = "";

    /// <summary>ARNs, such as a topic's.</summary>
    public string[] AlarmActions { get; set; } = [];

    /// <summary>ARNs that are told when it is over.</summary>
    public string[] OkActions { get; set; } = [];

    /// <summary>ARNs that are told when its data are missing.</summary>
    public string[] InsufficientDataActions { get; set; } = [];

    public IEnumerable<string> Validate(string name)
    {
        var at = $"{MetricOptions.Section}:Alarms:{name}";
        if (name.Length is 0 or > 100 || name.Any(c => c is < ' ' or > '~'))
            yield return $"{at}: its name must have 1 to 100 ASCII characters";
        if (!Vitals.Metrics.Contains(Metric))
            yield return $"{at}:Metric must be one of {string.Join(", ", Vitals.Metrics)}";
        if (!Statistics.Contains(Statistic))
            yield return $"{at}:Statistic must be one of {string.Join(", ", Statistics)}";
        if (!Comparisons.Contains(Comparison))
            yield return $"{at}:Comparison must be one of {string.Join(", ", Comparisons)}";
        if (Threshold is null || !double.IsFinite(Threshold.Value))
            yield return $"{at}:Threshold must be a number";
        if (Period <= TimeSpan.Zero || Period.Ticks % TimeSpan.TicksPerMinute != 0 || Period * EvaluationPeriods > TimeSpan.FromDays(1))
            yield return $"{at}:Period must be whole minutes, and all periods together at most a day";
        if (EvaluationPeriods < 1 || DatapointsToAlarm is { } m && (m < 1 || m > EvaluationPeriods))
            yield return $"{at}:EvaluationPeriods must be at least 1, and DatapointsToAlarm between 1 and EvaluationPeriods";
        if (!Missing.Contains(TreatMissingData))
            yield return $"{at}:TreatMissingData must be one of {string.Join(", ", Missing)}";
        if (AlarmActions.Concat(OkActions).Concat(InsufficientDataActions).Any(action => !action.StartsWith("arn:", StringComparison.Ordinal)))
            yield return $"{at}: actions must be ARNs, such as that of an SNS topic";
    }
}
