using System.Globalization;
using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>A metric filter, ready to be put to events.</summary>
internal sealed class CompiledMetricFilter
{
    private const int MaxDimensions = 3;
    private const int MinuteInMilliseconds = 60_000;

    private readonly FilterPattern _pattern;
    private readonly MetricTransformation _transformation;
    private readonly double _constant;
    private readonly FieldReference? _value;
    private readonly KeyValuePair<string, FieldReference>[] _dimensions;

    private CompiledMetricFilter(RegionScope scope, string name, FilterPattern pattern, MetricTransformation transformation)
    {
        (Scope, Name, _pattern, _transformation) = (scope, name, pattern, transformation);
        if (!TryParse(transformation.MetricValue, out _constant))
            _value = pattern.Field(transformation.MetricValue!);
        _dimensions = [.. (transformation.Dimensions ?? []).Select(dimension => KeyValuePair.Create(dimension.Key, pattern.Field(dimension.Value)))];
    }

    public RegionScope Scope { get; }

    public string Name { get; }

    public int RegexCount => _pattern.RegexCount;

    /// <exception cref="AwsException">InvalidParameterException: the pattern or the transformation is not valid.</exception>
    public static CompiledMetricFilter Compile(RegionScope scope, MetricFilter filter)
    {
        var pattern = ParsePattern(filter.FilterPattern!);
        var transformation = filter.MetricTransformations![0];
        if (transformation.Dimensions is { Count: > MaxDimensions })
            throw LogGroups.Invalid($"Invalid metric transformation: a metric filter has at most {MaxDimensions} dimensions.");
        if (transformation is { Dimensions.Count: > 0, DefaultValue: not null })
            throw LogGroups.Invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.");

        try
        {
            return new(scope, filter.FilterName!, pattern, transformation);
        }
        catch (FilterPatternException error)
        {
            throw LogGroups.Invalid($"Invalid metric transformation: {error.Message}");
        }
    }

    /// <exception cref="AwsException">InvalidParameterException.</exception>
    public static FilterPattern ParsePattern(string text)
    {
        try
        {
            return FilterPattern.Parse(text);
        }
        catch (FilterPatternException error)
        {
            throw LogGroups.Invalid($"Invalid metric filter pattern: {error.Message}");
        }
    }

    /// <summary>
    /// The points of a batch: equal values of a minute and its dimensions together. A minute with events and no match yields the default value, if
    /// there is one.
    /// </summary>
    public IEnumerable<MetricPoint> Observe(ArraySegment<LogEvent> events)
    {
        var found = new Dictionary<(long Minute, string Dimensions, double Value), MetricPoint>();
        var minutes = new Dictionary<long, bool>();
        foreach (var one in events)
        {
            var minute = one.Timestamp / MinuteInMilliseconds * MinuteInMilliseconds;
            var point = _pattern.Matches(one.Message) ? PointOf(minute, one.Message) : null;
            minutes[minute] = minutes.GetValueOrDefault(minute) || point is not null;
            if (point is null)
                continue;

            var key = (minute, string.Join('\0', point.Dimensions.Select(dimension => dimension.Value)), point.Value);
            found[key] = found.TryGetValue(key, out var known) ? known with { Count = known.Count + 1 } : point;
        }

        var defaults = _transformation.DefaultValue is { } value ? minutes.Where(minute => !minute.Value).Select(minute => Point(minute.Key, [], value)) : [];
        return found.Values.Concat(defaults);
    }

    private MetricPoint? PointOf(long minute, byte[] message)
    {
        var value = _constant;
        if (_value is not null && !TryParse(_value.Read(message), out value))
            return null;

        var dimensions = new List<KeyValuePair<string, string>>(_dimensions.Length);
        foreach (var (name, field) in _dimensions)
        {
            // AWS: a metric needs all its dimensions; an event that lacks one yields no point.
            if (field.Read(message) is not { Length: > 0 } text)
                return null;
            dimensions.Add(KeyValuePair.Create(name, text));
        }

        return Point(minute, dimensions, value);
    }

    private MetricPoint Point(long minute, IReadOnlyList<KeyValuePair<string, string>> dimensions, double value) => new(
        _transformation.MetricNamespace!, _transformation.MetricName!, dimensions, DateTimeOffset.FromUnixTimeMilliseconds(minute), value, 1, _transformation.Unit ?? "None");

    private static bool TryParse(string? text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
