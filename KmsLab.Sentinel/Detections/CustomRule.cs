using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A rule without code, the section <c>Sentinel:Rules:{id}</c>: a filter pattern, a grouping, a threshold and a window.</summary>
internal sealed class RuleOptions : DetectionOverrides
{
    /// <summary>Which records count: a CloudWatch Logs filter pattern over the CloudTrail record, such as <c>{ $.eventName = "Decrypt" }</c>.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>
    /// What is counted apart: <c>principal</c>, <c>key</c>, <c>operation</c>, <c>error</c>, <c>address</c>, <c>account</c>, <c>set</c>, or a selector
    /// such as <c>$.requestParameters.roleName</c>. Empty: everything together.
    /// </summary>
    public string[] GroupBy { get; set; } = [];

    /// <summary>Counts distinct values of this, named as in <see cref="GroupBy"/>, instead of records.</summary>
    public string? Distinct { get; set; }

    /// <summary>The services whose records it needs, if not KMS alone.</summary>
    public string[] EventSources { get; set; } = [];

    /// <summary>The alarm's title; the rule's name where it is empty.</summary>
    public string Title { get; set; } = "";

    /// <summary>The severity.</summary>
    public Severity Severity { get; set; } = Severity.Medium;

    /// <summary>The ATT&amp;CK technique, if one fits.</summary>
    public string Technique { get; set; } = "";

    /// <summary>The sentence that says why it fired, with placeholders.</summary>
    public string? Why { get; set; }

    /// <summary>What to do, one step each, with placeholders.</summary>
    public string[] Runbook { get; set; } = [];

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> CheckRule(string at)
    {
        if (PatternCheck.ProblemOf(Pattern) is { } problem)
            yield return $"{at}:Pattern: {problem}";
        foreach (var field in GroupBy.Append(Distinct ?? "principal").Where(field => !RuleField.Exists(field)))
            yield return $"{at}: '{field}' is nothing to group by: choose among {string.Join(", ", RuleField.Names)}, or a selector such as $.requestParameters.roleName";
        if (!Enum.IsDefined(Severity))
            yield return $"{at}:Severity must be Low, Medium, High or Critical";
        foreach (var error in Check(at, CustomRule.Defaults))
            yield return error;
    }
}

/// <summary>Makes detections of the configuration's rules.</summary>
internal static class CustomRule
{
    public static DetectionSettings Defaults { get; } = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(5));

    public static ConfiguredDetection Create(string id, RuleOptions rule)
    {
        var pattern = FilterPattern.Parse(rule.Pattern);
        var fields = rule.GroupBy.Select(name => new RuleField(name)).ToList();
        var distinct = rule.Distinct is { Length: > 0 } name ? new RuleField(name) : null;
        var definition = new DetectionDefinition
        {
            Id = id,
            Title = rule.Title.Length > 0 ? rule.Title : id,
            Severity = rule.Severity,
            Technique = rule.Technique,
            About = $"A rule of this installation: {rule.Pattern}",
            Why = rule.Why ?? "{observed} within {window}, where fewer than {threshold} are allowed: " + rule.Pattern.Replace('{', '(').Replace('}', ')'),
            Tuning = $"Sentinel:Rules:{id}",
            Runbook = rule.Runbook,
            Defaults = Defaults,
            Measure = distinct is null ? Measure.Records : Measure.DistinctValues,
            EventSources = rule.EventSources,
            Select = Select,
        };
        return new(definition, rule.ApplyTo(Defaults));

        Selection? Select(Observation observation) => pattern.Matches(observation.Record.Json.Span)
            ? new(new DetectionGroup([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Of(observation)))]), distinct?.Of(observation))
            : null;
    }
}

/// <summary>Something that a rule may group by or count.</summary>
internal sealed class RuleField(string name)
{
    public const string Unknown = "unknown";

    private static readonly Dictionary<string, Func<Observation, string?>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["principal"] = observation => observation.Principal,
        ["key"] = observation => observation.Record.KeyArns.Count > 0 ? observation.Record.KeyArns[0] : null,
        ["operation"] = observation => observation.Record.EventName,
        ["error"] = observation => observation.Record.ErrorCode,
        ["address"] = observation => observation.Record.SourceIpAddress,
        ["account"] = observation => observation.Record.RecipientAccountId,
        ["set"] = observation => observation.Set?.Name,
        ["context"] = observation => observation.Record.Context?.ToString(),
    };

    private readonly FieldReference? _selector = Known.ContainsKey(name) ? null : Selector(name);

    public static IEnumerable<string> Names => Known.Keys;

    public string Name => name;

    public static bool Exists(string name)
    {
        try
        {
            return Known.ContainsKey(name) || Selector(name) is not null;
        }
        catch (FilterPatternException)
        {
            return false;
        }
    }

    public string Of(Observation observation) =>
        (_selector is null ? Known[name](observation) : _selector.Read(observation.Record.Json.Span)) ?? Unknown;

    private static FieldReference Selector(string name) => FilterPattern.Parse("{ $.eventName = * }").Field(name);
}
