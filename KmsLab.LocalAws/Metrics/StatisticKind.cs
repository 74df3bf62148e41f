using System.Globalization;

namespace KmsLab.LocalAws.Metrics;

/// <summary>A statistic: one of the five plain ones, or a percentile.</summary>
/// <param name="Name">As AWS writes it: <c>Sum</c>, <c>p99.9</c>.</param>
/// <param name="Percentile">From 0 to 100; null for a plain one.</param>
internal sealed record StatisticKind(string Name, double? Percentile)
{
    private static readonly string[] Plain = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];

    /// <summary>Reads a statistic's name; null if it is none that is served (trimmed means and the like are not).</summary>
    public static StatisticKind? Parse(string name)
    {
        if (Plain.Contains(name))
            return new(name, null);
        return name is ['p', .. var percent] && percent.Length <= 14
            && double.TryParse(percent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percentile) && percentile is >= 0 and <= 100
            ? new(name, percentile)
            : null;
    }

    /// <summary>The statistic of a window's data; null where a percentile can't be told, because clients sent sums instead of values.</summary>
    public double? Of(WindowData window) => Name switch
    {
        "SampleCount" => window.Summary.Count,
        "Average" => window.Summary.Sum / window.Summary.Count,
        "Sum" => window.Summary.Sum,
        "Minimum" => window.Summary.Minimum,
        "Maximum" => window.Summary.Maximum,
        _ => OfValues(window),
    };

    /// <summary>The nearest-rank percentile. Sums of several values have none, unless all of them are equal.</summary>
    private double? OfValues(WindowData window)
    {
        var values = window.Values;
        var counted = values.Values.Sum();
        if (counted < window.Summary.Count)
            return window.Summary.Minimum == window.Summary.Maximum ? window.Summary.Minimum : null;

        var rank = Percentile!.Value / 100 * counted;
        var seen = 0.0;
        foreach (var (value, count) in values)
        {
            seen += count;
            if (seen >= rank)
                return Math.Clamp(value, window.Summary.Minimum, window.Summary.Maximum);
        }

        return window.Summary.Maximum;
    }
}

/// <summary>What was measured in a window of time.</summary>
internal sealed class WindowData(long start)
{
    /// <summary>Unix seconds.</summary>
    public long Start { get; } = start;

    public Summary Summary { get; set; } = Summary.Of([]);

    /// <summary>Each value with its count, in order; filled only for percentiles.</summary>
    public SortedDictionary<double, double> Values { get; } = [];
}
