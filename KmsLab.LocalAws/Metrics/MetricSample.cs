namespace KmsLab.LocalAws.Metrics;

/// <summary>Values of one metric at one instant.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Time">When they were measured.</param>
/// <param name="Unit">One of CloudWatch's units, <c>None</c> if unknown.</param>
/// <param name="Values">Each value and how often it occurred.</param>
internal sealed record MetricSample(MetricId Metric, DateTimeOffset Time, string Unit, IReadOnlyList<(double Value, double Count)> Values)
{
    /// <summary>Kept by the second instead of by the minute.</summary>
    public bool HighResolution { get; init; }

    /// <summary>Values that were summed up by the client; in place of <see cref="Values"/>.</summary>
    public Summary? Summary { get; init; }
}

/// <summary>What is kept of any number of values.</summary>
internal readonly record struct Summary(double Count, double Sum, double Minimum, double Maximum)
{
    public static Summary Of(IReadOnlyList<(double Value, double Count)> values)
    {
        var all = new Summary(0, 0, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var (value, count) in values)
            all += new Summary(count, value * count, value, value);
        return all;
    }

    public static Summary operator +(Summary a, Summary b) =>
        new(a.Count + b.Count, a.Sum + b.Sum, Math.Min(a.Minimum, b.Minimum), Math.Max(a.Maximum, b.Maximum));
}

/// <summary>A metric's identity: namespace, name, and dimensions in whatever order.</summary>
internal sealed class MetricId : IEquatable<MetricId>
{
    private const char Separator = '\u001f';

    public MetricId(string @namespace, string name, IEnumerable<KeyValuePair<string, string>> dimensions)
    {
        Namespace = @namespace;
        Name = name;
        // A log field may hold anything, the separator too.
        Dimensions = [.. dimensions.Select(d => KeyValuePair.Create(d.Key, d.Value.Replace(Separator, ' '))).OrderBy(d => d.Key, StringComparer.Ordinal)];
        Key = string.Join(Separator, [@namespace, name, .. Dimensions.SelectMany(d => (string[])[d.Key, d.Value])]);
    }

    public string Namespace { get; }

    public string Name { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Dimensions { get; }

    /// <summary>All of it in one text.</summary>
    public string Key { get; }

    public static MetricId Of(string @namespace, string name, List<Dimension>? dimensions) =>
        new(@namespace, name, (dimensions ?? []).Select(d => KeyValuePair.Create(d.Name!, d.Value!)));

    public static MetricId Parse(string key)
    {
        var parts = key.Split(Separator);
        return new(parts[0], parts[1], parts[2..].Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
    }

    public Metric ToShape() => new()
    {
        Namespace = Namespace,
        MetricName = Name,
        Dimensions = [.. Dimensions.Select(d => new Dimension { Name = d.Key, Value = d.Value })],
    };

    public bool Equals(MetricId? other) => other is not null && Key == other.Key;

    public override bool Equals(object? obj) => Equals(obj as MetricId);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
