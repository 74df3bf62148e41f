using System.Text.Json;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Http;

/// <summary>Reads a matcher strictly: a misspelt member would silence more than was meant.</summary>
internal static class MatcherBody
{
    private const int MostPatterns = 50;
    private const int LongestPattern = 2048;

    private static readonly Dictionary<string, Action<AlarmMatcher, string[]>> Texts = new(StringComparer.Ordinal)
    {
        ["detections"] = (matcher, patterns) => matcher.Detections = patterns,
        ["sets"] = (matcher, patterns) => matcher.Sets = patterns,
        ["accounts"] = (matcher, patterns) => matcher.Accounts = patterns,
        ["principals"] = (matcher, patterns) => matcher.Principals = patterns,
        ["keys"] = (matcher, patterns) => matcher.Keys = patterns,
    };

    /// <summary>Reads <c>{"detections":[..],"sets":[..],"accounts":[..],"principals":[..],"keys":[..],"severities":[..]}</c>.</summary>
    /// <param name="json">The matcher.</param>
    /// <param name="wrong">Takes a member and what is wrong with it.</param>
    public static AlarmMatcher Read(JsonElement json, Action<string, string> wrong)
    {
        var matcher = new AlarmMatcher();
        if (json.ValueKind != JsonValueKind.Object)
        {
            wrong("matcher", "must be an object such as {\"principals\": [\"arn:aws:iam::111122223333:role/batch\"]}.");
            return matcher;
        }

        foreach (var member in json.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            var at = $"matcher.{member.Name}";
            if (TextsOf(member.Value) is not { } texts)
                wrong(at, $"must be a list of at most {MostPatterns} texts.");
            else if (Texts.TryGetValue(member.Name, out var assign))
                assign(matcher, texts);
            else if (member.Name == "severities" && SeveritiesOf(texts) is { } severities)
                matcher.Severities = severities;
            else
                wrong(at, member.Name == "severities" ? "must be a list of low, medium, high and critical." : $"is not known here: {string.Join(", ", Texts.Keys)} and severities are.");
        }

        return matcher;
    }

    private static string[]? TextsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MostPatterns
        && value.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String && text.GetString()!.Length <= LongestPattern)
            ? [.. value.EnumerateArray().Select(text => text.GetString()!)]
            : null;

    private static Severity[]? SeveritiesOf(string[] texts)
    {
        var severities = new List<Severity>();
        foreach (var text in texts)
        {
            if (!Enum.GetNames<Severity>().Contains(text, StringComparer.OrdinalIgnoreCase))
                return null;
            severities.Add(Enum.Parse<Severity>(text, ignoreCase: true));
        }

        return [.. severities];
    }
}
