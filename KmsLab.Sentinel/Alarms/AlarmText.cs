using System.Globalization;
using System.Text.RegularExpressions;
using KmsLab.Sentinel.Detections;
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
    private const string Unknown = "unknown";

    /// <summary>The sentence that says why.</summary>
    public static string Why(Alarm alarm, DetectionDefinition definition) => Fill(definition.Why, alarm, Plain);

    /// <summary>The steps, filled in.</summary>
    public static IReadOnlyList<string> Runbook(Alarm alarm, DetectionDefinition definition) =>
        [.. definition.Runbook.Where(step => !Wording.IsCommand(step) || KnowsAll(step, alarm)).Select(step => Fill(step, alarm, Wording.IsCommand(step) ? Quoted : Plain))];

    /// <summary>Braces around anything but a name stay: commands have JSON in them.</summary>
    private static string Fill(string template, Alarm alarm, Func<string, string> render) =>
        Placeholder().Replace(template, match => render(ValueOf(match.Groups[1].Value, alarm) ?? Unknown));

    private static bool KnowsAll(string template, Alarm alarm) => Placeholder().Matches(template).All(match => ValueOf(match.Groups[1].Value, alarm) is not null);

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Placeholder();

    private static string? ValueOf(string name, Alarm alarm) => name switch
    {
        "observed" => Number(alarm.Observed),
        "threshold" => Number(alarm.Threshold),
        "total" => Number(alarm.EvidenceTotal),
        "window" => Wording.Span(alarm.Window),
        "first" => Instants.Text(alarm.FirstSeen),
        "last" => Instants.Text(alarm.LastSeen),
        "expected" => alarm.Expected is { } expected
            ? string.Create(CultureInfo.InvariantCulture, $"{expected.Low:0.#} to {expected.High:0.#}")
            : $"fewer than {Number(alarm.Threshold)}",
        "basis" => alarm.Expected?.Basis ?? "the configured threshold",
        _ => alarm.Group.Values.FirstOrDefault(member => member.Key == name).Value ?? (alarm.Evidence.Count > 0 ? ValueOf(name, alarm.Evidence[^1]) : null),
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

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
