using System.Globalization;
using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;

namespace KmsLab.Sentinel.Http;

/// <summary>The body of a command about an alarm, read strictly: a misspelt member would otherwise silence nothing, or for ever.</summary>
internal sealed class CommandBody
{
    public const int MaxBytes = 16 * 1024;

    public const int MaxReason = 1000;
    private const int MaxBy = 100;

    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>That of a request without one.</summary>
    public static CommandBody None { get; } = new();

    /// <summary>What is wrong, by member.</summary>
    public IDictionary<string, string[]> Errors => _errors;

    public string Reason { get; private set; } = "";

    /// <summary>Who, in the caller's words.</summary>
    public string? By { get; private set; }

    public DateTimeOffset? Until { get; private set; }

    /// <summary>Judgement of a finding, of a closure.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>Closes all of the incident.</summary>
    public bool WholeIncident { get; private set; }

    /// <summary>Chooses alarms, of a silence.</summary>
    public AlarmMatcher? Matcher { get; private set; }

    /// <summary>From when on; null for now.</summary>
    public DateTimeOffset? Starts { get; private set; }

    /// <summary>Reads <c>{"matcher"}</c>.</summary>
    public static CommandBody OfPreview(JsonElement json) => new CommandBody().ReadMatcher(json, ["matcher"]);

    /// <summary>Reads <c>{"matcher","starts"?,"until"|"duration","reason","by"?}</c>.</summary>
    public static CommandBody OfMatchedSilence(JsonElement json, DateTimeOffset now, TimeSpan longest)
    {
        string[] members = ["matcher", "starts", "until", "duration", "reason", "by"];
        var body = new CommandBody().Read(json, members);
        if (json.ValueKind != JsonValueKind.Object)
            return body;

        body.ReadMatcher(json, members);
        body.ReadEnd(json, now, longest);
        if (Has(json, "starts", out var starts) && (body.Starts = UntilOf(starts)) is null)
            body.Wrong("starts", "must be an instant with its offset from UTC, such as \"2026-11-24T18:00:00Z\".");
        return body;
    }

    /// <summary>Reads <c>{"text","by"?}</c>.</summary>
    public static CommandBody OfComment(JsonElement json) => new CommandBody().Read(json, ["text", "by"], "text");

    /// <summary>Reads <c>{"verdict","reason","by"?,"incident"?}</c>.</summary>
    public static CommandBody OfClosure(JsonElement json)
    {
        var body = new CommandBody().Read(json, ["verdict", "reason", "by", "incident"]);
        if (json.ValueKind == JsonValueKind.Object)
            body.ReadVerdict(json);
        return body;
    }

    /// <summary>Reads <c>{"reason","by"?}</c>.</summary>
    public static CommandBody OfAcknowledgement(JsonElement json) => new CommandBody().Read(json, ["reason", "by"]);

    /// <summary>Reads <c>{"reason","by"?,"until"}</c> or <c>{"reason","by"?,"duration"}</c>.</summary>
    public static CommandBody OfSilence(JsonElement json, DateTimeOffset now, TimeSpan longest)
    {
        var body = new CommandBody().Read(json, ["reason", "by", "until", "duration"]);
        if (json.ValueKind == JsonValueKind.Object)
            body.ReadEnd(json, now, longest);
        return body;
    }

    private CommandBody ReadMatcher(JsonElement json, string[] members)
    {
        if (json.ValueKind != JsonValueKind.Object || !Has(json, "matcher", out var matcher))
            return Wrong("matcher", "must say which alarms, such as {\"principals\": [\"arn:aws:iam::111122223333:role/batch\"]}.");

        foreach (var unknown in json.EnumerateObject().Where(member => !members.Contains(member.Name)))
            Wrong(unknown.Name, $"is not known here: {string.Join(", ", members)} are.");
        Matcher = MatcherBody.Read(matcher, (member, problem) => Wrong(member, problem));
        return this;
    }

    private CommandBody Read(JsonElement json, string[] members, string words = "reason")
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong("body", $"must be a JSON object such as {{\"{words}\": \"planned migration\"}}.");

        foreach (var unknown in json.EnumerateObject().Where(member => !members.Contains(member.Name)))
            Wrong(unknown.Name, $"is not known here: {string.Join(", ", members)} are.");
        Reason = Text(json, words, MaxReason, required: true) ?? "";
        By = Text(json, "by", MaxBy, required: false);
        return this;
    }

    /// <summary>Finds a member; one that is null is none, for generated clients write what they leave out.</summary>
    private static bool Has(JsonElement json, string member, out JsonElement value) =>
        json.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null;

    private string? Text(JsonElement json, string member, int longest, bool required)
    {
        if (!Has(json, member, out var value))
        {
            if (required)
                Wrong(member, "must say why, in a few words: people will read it in the alarm's history.");
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
        if (ProblemOf(text, longest) is { } problem)
            Wrong(member, problem);
        return text;
    }

    /// <summary>What is wrong with a reason, after the words 'the reason'; null when nothing is.</summary>
    public static string? ProblemOfReason(string reason) => ProblemOf(reason, MaxReason);

    private static string? ProblemOf(string text, int longest) =>
        text.Length == 0 || text.Length > longest || text.Any(char.IsControl) ? $"must be a text of 1 to {longest} characters on one line." : null;

    private void ReadVerdict(JsonElement json)
    {
        Verdict = Has(json, "verdict", out var verdict) && verdict.ValueKind == JsonValueKind.String ? VerdictOf(verdict.GetString()!) : null;
        if (Verdict is null)
            Wrong("verdict", "must be \"true\" (an attack, or a mistake to know of), \"expected\" (meant to happen) or \"false\" (should not have been told).");
        if (!Has(json, "incident", out var incident))
            return;
        if (incident.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Wrong("incident", "must be true or false: whether all alarms of the incident are closed.");
        WholeIncident = incident.ValueKind == JsonValueKind.True;
    }

    private static Verdict? VerdictOf(string verdict) => verdict switch
    {
        "true" => Alarms.Verdict.True,
        "expected" => Alarms.Verdict.Expected,
        "false" => Alarms.Verdict.False,
        _ => null,
    };

    private void ReadEnd(JsonElement json, DateTimeOffset now, TimeSpan longest)
    {
        var (hasUntil, hasDuration) = (Has(json, "until", out var until), Has(json, "duration", out var duration));
        if (hasUntil == hasDuration)
        {
            Wrong("until", "Say when the silence ends: either until, such as \"2026-11-24T18:00:00Z\", or duration, in seconds or as \"04:00:00\".");
            return;
        }

        if (hasUntil)
            Until = UntilOf(until);
        else if (DurationOf(duration) is { } span)
            Until = now + (span < TimeSpan.FromDays(36500) ? span : TimeSpan.FromDays(36500));

        var member = hasUntil ? "until" : "duration";
        if (Until is null)
            Wrong(member, hasUntil ? "must be an instant with its offset from UTC, such as \"2026-11-24T18:00:00Z\"." : "must be a number of seconds, or a text such as \"04:00:00\" or \"2.00:00:00\".");
        else if (Until <= now)
            Wrong(member, "must end in the future.");
        else if (Until > now + longest)
            Wrong(member, $"must end within {longest.TotalDays:0.##} days ({AlarmOptions.Section}:LongestSilence): a silence without an end is one that is forgotten.");
    }

    private static DateTimeOffset? UntilOf(JsonElement until) =>
        until.ValueKind == JsonValueKind.String && until.GetString()! is var text && HasOffset(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at.ToUniversalTime()
            : null;

    /// <summary>Without one it would be the server's own time zone, whatever that is.</summary>
    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^3] == ':' && text[^6] is '+' or '-');

    private static TimeSpan? DurationOf(JsonElement duration) => duration.ValueKind switch
    {
        JsonValueKind.Number when duration.TryGetDouble(out var seconds) && Math.Abs(seconds) < TimeSpan.FromDays(36500).TotalSeconds => TimeSpan.FromSeconds(seconds),
        JsonValueKind.String when TimeSpan.TryParseExact(duration.GetString(), "c", CultureInfo.InvariantCulture, out var span) => span,
        _ => null,
    };

    /// <summary>Notes what is wrong with a member.</summary>
    public CommandBody Wrong(string member, string problem)
    {
        _errors[member] = [problem];
        return this;
    }
}
