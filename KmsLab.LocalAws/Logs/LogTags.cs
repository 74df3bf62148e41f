using System.Text.Json;
using System.Text.RegularExpressions;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The tags of a log group, as they are stored, and what AWS demands of them.</summary>
internal static partial class LogTags
{
    public const int MaxCount = 50;
    private const int MaxKey = 128;
    private const int MaxValue = 256;

    public static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize(json, LogsJson.Default.DictionaryStringString) ?? [];

    public static string Write(Dictionary<string, string> tags) => JsonSerializer.Serialize(tags, LogsJson.Default.DictionaryStringString);

    /// <exception cref="AwsException">InvalidParameterException.</exception>
    public static void Check(Dictionary<string, string>? tags)
    {
        foreach (var (key, value) in tags ?? [])
        {
            if (key.Length is 0 or > MaxKey || !Allowed().IsMatch(key) || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw LogGroups.Invalid($"The tag key '{key}' is not valid: it has 1 to {MaxKey} letters, spaces, digits and _.:/=+-@, and doesn't begin with aws:.");
            if (value is null || value.Length > MaxValue || !Allowed().IsMatch(value))
                throw LogGroups.Invalid($"The value of the tag '{key}' is not valid: it has at most {MaxValue} letters, spaces, digits and _.:/=+-@.");
        }
    }

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Allowed();
}
