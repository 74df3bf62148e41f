namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>The section <c>Sentinel:Metrics</c>: what CloudWatch is told.</summary>
internal sealed class MetricOptions
{
    public const string Section = "Sentinel:Metrics";

    /// <summary>Publishes to CloudWatch.</summary>
    public bool CloudWatch { get; set; }

    /// <summary>The metrics' namespace.</summary>
    public string Namespace { get; set; } = "KmsLab";

    /// <summary>Keys that always have a dimension of their own: the dimension's value, and the key's ARN.</summary>
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>Principals that always have a dimension of their own: the dimension's value, and the principal's ARN.</summary>
    public Dictionary<string, string> Principals { get; set; } = [];

    /// <summary>How many keys have a dimension of their own: those in <see cref="Keys"/>, then those that were used first. The others share Other.</summary>
    public int MaxKeys { get; set; } = 10;

    /// <summary>How many principals have a dimension of their own, likewise.</summary>
    public int MaxPrincipals { get; set; } = 10;

    /// <summary>What the names of the alarms that Sentinel keeps begin with. Two Sentinels in one account need two.</summary>
    public string AlarmPrefix { get; set; } = "KmsLab-";

    /// <summary>The CloudWatch alarms that Sentinel keeps, by name without the prefix: it creates, changes and removes these, and touches no other.</summary>
    public Dictionary<string, MetricAlarmOptions> Alarms { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Keeps <see cref="Alarms"/>. Off, Sentinel leaves even its own alarms alone.</summary>
    public bool KeepAlarms { get; set; }

    public IEnumerable<string> Validate()
    {
        if (Namespace.Length is 0 or > 255 || Namespace.StartsWith("AWS/", StringComparison.Ordinal) || !Namespace.All(c => char.IsAsciiLetterOrDigit(c) || "._/#:-".Contains(c)))
            yield return $"{Section}:Namespace must have 1 to 255 letters, digits and . _ / # : -, and not begin with AWS/";
        if (MaxKeys < Keys.Count)
            yield return $"{Section}:MaxKeys must be at least the number of {Section}:Keys";
        if (MaxPrincipals < Principals.Count)
            yield return $"{Section}:MaxPrincipals must be at least the number of {Section}:Principals";
        if (MaxKeys > 1000 || MaxPrincipals > 1000)
            yield return $"{Section}:MaxKeys and MaxPrincipals may be 1000 at most: CloudWatch bills each metric";
        if (KeepAlarms && (AlarmPrefix.Length is < 3 or > 100 || AlarmPrefix.Any(c => c is < ' ' or > '~')))
            yield return $"{Section}:AlarmPrefix must have 3 to 100 ASCII characters: it tells Sentinel's alarms from others";
        foreach (var error in Alarms.SelectMany(alarm => alarm.Value.Validate(alarm.Key)))
            yield return error;
    }
}
