using System.Globalization;
using System.Text.RegularExpressions;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Fills the templates of a detection with what an alarm knows.</summary>
/// <remarks>
/// Placeholders are <c>{observed}</c>, <c>{threshold}</c>, <c>{window}</c>, <c>{total}</c>, <c>{expected}</c>, <c>{first}</c>, <c>{last}</c>, the members of
/// the group such as <c>{principal}</c>, and of the latest evidence <c>{key}</c>, <c>{operation}</c>, <c>{error}</c>, <c>{address}</c>, <c>{session}</c>,
/// <c>{accessKey}</c>, <c>{requestId}</c>, <c>{eventId}</c>, <c>{detail}</c>, and <c>{role}</c> or <c>{user}</c>, the name of the principal if it is one. Parts of a record are
/// an attacker's to choose: in a command they are quoted for the shell, in a sentence they lose their control characters. A command that needs something
/// that the alarm does not know is left out: it could not be pasted. In a template no placeholder stands between quotes, for it brings its own.
/// </remarks>
internal static partial class AlarmText
{
    /// <summary>The sentence that says why.</summary>
    public static string Why(Alarm alarm, DetectionDefinition definition) => Why(definition.Why, AlarmFacts.Of(alarm), Texts.English);

    /// <summary>The sentence that says why, in a language.</summary>
    /// <param name="template">The detection's template in that language.</param>
    /// <param name="facts">What the alarm knows.</param>
    /// <param name="texts">The language.</param>
    /// <param name="number">Writes a number; null: as the language does.</param>
    /// <param name="stored">Marks what was written down in English when it was seen; null: as it is.</param>
    public static string Why(string template, AlarmFacts facts, Texts texts, Func<long, string>? number = null, Func<string, string>? stored = null) =>
        Placeholder().Replace(template, match => match.Groups[1].Value switch
        {
            "detail" or "basis" => (stored ?? Plain)(Plain(ValueOf(match.Groups[1].Value, facts, texts, number ?? texts.Number) ?? texts["Unknown"])),
            var name => Plain(ValueOf(name, facts, texts, number ?? texts.Number) ?? texts["Unknown"]),
        });

    /// <summary>The sentence that says why an alarm ended that nothing judges any more.</summary>
    public static string WhyRetired(string detection, Retirement retirement, Texts texts) => texts[$"Retired.{retirement}", detection];

    /// <summary>The steps, filled in.</summary>
    public static IReadOnlyList<string> Runbook(Alarm alarm, DetectionDefinition definition) =>
        Runbook(definition, AlarmFacts.Of(alarm));

    private static IReadOnlyList<string> Runbook(DetectionDefinition definition, AlarmFacts facts) =>
        [.. definition.Runbook.Where(step => !Wording.IsCommand(step) || KnowsAll(step, facts)).Select(step => Fill(step, facts, Wording.IsCommand(step) ? Quoted : Plain))];

    /// <summary>Braces around anything but a name stay: commands have JSON in them.</summary>
    private static string Fill(string template, AlarmFacts facts, Func<string, string> render) =>
        Placeholder().Replace(template, match => render(ValueOf(match.Groups[1].Value, facts) ?? Texts.English["Unknown"]));

    private static bool KnowsAll(string template, AlarmFacts facts) =>
        Placeholder().Matches(template).All(match => ValueOf(match.Groups[1].Value, facts) is not null);

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Placeholder();

    private static string? ValueOf(string name, AlarmFacts facts) => ValueOf(name, facts, Texts.English, Texts.English.Number);

    private static string? ValueOf(string name, AlarmFacts facts, Texts texts, Func<long, string> number) => name switch
    {
        "observed" => number(facts.Observed),
        "threshold" => number(facts.Threshold),
        "total" => number(facts.Total),
        "window" => texts.Span(facts.Window),
        "first" => Instants.Text(facts.First),
        "last" => Instants.Text(facts.Last),
        "expected" => facts.Expected is { } expected ? texts["Chart.Range", Rounded(expected.Low), Rounded(expected.High)] : texts["FewerThan", number(facts.Threshold)],
        "basis" => facts.Expected?.Basis ?? Texts.English["Why.Basis"],
        _ => facts.Group.FirstOrDefault(member => member.Key == name).Value ?? (facts.Latest is { } latest ? ValueOf(name, latest) : null),
    };

    private static string? ValueOf(string name, Evidence evidence) => name switch
    {
        "principal" => evidence.Principal,
        "role" => NameIn(evidence.Principal, ":role/") ?? NameIn(evidence.Principal, ":assumed-role/"),
        "user" => NameIn(evidence.Principal, ":user/"),
        "key" => evidence.KeyArn,
        "operation" => evidence.EventName,
        "error" => evidence.ErrorCode,
        "address" => evidence.SourceIp,
        "session" => evidence.Session,
        "accessKey" => evidence.AccessKeyId,
        "requestId" => evidence.RequestId,
        "eventId" => evidence.EventId,
        "detail" => evidence.Detail,
        _ => null,
    };

    private static string? NameIn(string arn, string kind) => arn.Contains(kind, StringComparison.Ordinal) ? arn[(arn.LastIndexOf('/') + 1)..] : null;

    private static string Plain(string value) => string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>One word for a POSIX shell, whatever it contains.</summary>
    private static string Quoted(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or ':' or '@' or '=' or '+' or ',' or '-')
        ? value
        : $"'{Plain(value).Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Rounded(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
