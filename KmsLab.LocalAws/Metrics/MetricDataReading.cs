namespace KmsLab.LocalAws.Metrics;

/// <summary>Checks what PutMetricData was given, in AWS's words, and makes samples of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html</remarks>
internal static class MetricDataReading
{
    private const int MaxMetrics = 1000;
    private const int MaxValues = 150;
    private const double Largest = 1.174271e+108;
    private const double Smallest = 8.515920e-109;

    public static List<MetricSample> Read(PutMetricDataRequest request, DateTimeOffset now)
    {
        if (request.Namespace!.StartsWith("AWS/", StringComparison.Ordinal))
            throw CloudWatchErrors.InvalidValue("The value AWS/ for parameter Namespace is invalid.");
        List<(MetricDatum Datum, string At)> data = [.. Placed(request.MetricData, "")];
        for (var i = 0; i < request.EntityMetricData?.Count; i++)
            data.AddRange(Placed(request.EntityMetricData[i].MetricData, $"EntityMetricData.member.{i + 1}."));
        if (data.Count == 0)
            throw CloudWatchErrors.Missing("The parameter MetricData is required.");
        if (data.Count > MaxMetrics)
            throw CloudWatchErrors.InvalidValue($"The collection MetricData must not have a size greater than {MaxMetrics}.");

        CheckText(request.Namespace, "Namespace");
        return [.. data.SelectMany(item => Read(request.Namespace, item.Datum, item.At, now))];
    }

    private static IEnumerable<(MetricDatum, string)> Placed(List<MetricDatum>? data, string prefix) =>
        (data ?? []).Select((datum, i) => (datum, $"{prefix}MetricData.member.{i + 1}"));

    private static IEnumerable<MetricSample> Read(string @namespace, MetricDatum datum, string at, DateTimeOffset now)
    {
        CheckText(datum.MetricName!, $"{at}.MetricName");
        foreach (var dimension in datum.Dimensions ?? [])
        {
            CheckText(dimension.Name!, $"{at}.Dimensions.Name");
            CheckText(dimension.Value!, $"{at}.Dimensions.Value");
        }

        if (datum.StorageResolution is not (null or 1 or 60))
            throw CloudWatchErrors.InvalidValue($"The value {datum.StorageResolution} for parameter {at}.StorageResolution is invalid. Valid values are 1, 60.");
        Units.Check(datum.Unit, $"{at}.Unit");

        var sample = new MetricSample(MetricId.Of(@namespace, datum.MetricName!, datum.Dimensions), Time(datum, at, now), datum.Unit ?? Units.None, Values(datum, at))
        {
            HighResolution = datum.StorageResolution == 1,
        };
        if (Summed(datum.StatisticValues, at) is not { } summary)
            return [sample];
        var summed = sample with { Values = [], Summary = summary };
        return sample.Values.Count == 0 ? [summed] : [sample, summed];
    }

    private static DateTimeOffset Time(MetricDatum datum, string at, DateTimeOffset now)
    {
        var time = datum.Timestamp ?? now;
        if (time > now.AddHours(2))
            throw CloudWatchErrors.InvalidValue($"The parameter {at}.Timestamp must specify a time no more than two hours in the future.");
        if (time < now.AddDays(-14))
            throw CloudWatchErrors.InvalidValue($"The parameter {at}.Timestamp must specify a time no more than two weeks in the past.");
        return time;
    }

    private static List<(double, double)> Values(MetricDatum datum, string at)
    {
        string[] given = [.. new[] { (datum.Value is not null, "Value"), (datum.Values is not null, "Values"), (datum.StatisticValues is not null, "StatisticValues") }
            .Where(member => member.Item1).Select(member => member.Item2)];
        if (given.Length == 0)
            throw CloudWatchErrors.Missing("At least one of the parameters must be specified.");
        // AWS takes statistics beside a list of values, and counts both.
        if (given.Length > 1 && datum.Value is not null)
            throw CloudWatchErrors.InvalidCombination($"The parameters {at}.{given[0]} and {at}.{given[1]} are mutually exclusive and you have specified both.");

        if (datum.Value is { } value)
            return [(Checked(value, $"{at}.Value"), 1)];
        if (datum.Values is not { } values)
            return [];
        if (values.Count is 0 or > MaxValues)
            throw CloudWatchErrors.InvalidValue($"The collection {at}.Values must not be empty or have a size greater than {MaxValues}.");
        if (datum.Counts is { } counts && counts.Count != values.Count)
            throw CloudWatchErrors.InvalidValue($"The parameters {at}.Values and {at}.Counts must be of the same size.");

        return [.. values.Select((v, i) => (Checked(v, $"{at}.Values.member.{i + 1}"), CheckedCount(datum.Counts?[i] ?? 1, $"{at}.Counts.member.{i + 1}")))];
    }

    private static Summary? Summed(StatisticSet? set, string at)
    {
        if (set is null)
            return null;
        if (set.Minimum > set.Maximum)
            throw CloudWatchErrors.InvalidCombination($"The parameter {at}.StatisticValues.Minimum must be less than or equal to {at}.StatisticValues.Maximum.");

        return new(
            CheckedCount(set.SampleCount!.Value, $"{at}.StatisticValues.SampleCount"), Checked(set.Sum!.Value, $"{at}.StatisticValues.Sum"),
            Checked(set.Minimum!.Value, $"{at}.StatisticValues.Minimum"), Checked(set.Maximum!.Value, $"{at}.StatisticValues.Maximum"));
    }

    private static double Checked(double value, string member) => value == 0 || Math.Abs(value) is >= Smallest and <= Largest
        ? value
        : throw CloudWatchErrors.InvalidValue(FormattableString.Invariant($"The value {value} for parameter {member} is invalid."));

    private static double CheckedCount(double count, string member) => count is > 0 and <= Largest
        ? count
        : throw CloudWatchErrors.InvalidValue(FormattableString.Invariant($"The value {count} for parameter {member} is invalid."));

    /// <summary>Names and dimensions are ASCII with something to see in it.</summary>
    private static void CheckText(string text, string member)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Any(c => c is < ' ' or > '~'))
            throw CloudWatchErrors.InvalidValue($"The value for parameter {member} must contain only ASCII characters, and at least one that is not white space.");
    }
}
