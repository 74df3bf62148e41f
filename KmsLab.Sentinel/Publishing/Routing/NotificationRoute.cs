using System.IO.Enumeration;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Publishing.Routing;

/// <summary>The section <c>Sentinel:Notifications:Routes:{name}</c>.</summary>
internal sealed class NotificationRoute
{
    public const string Section = $"{NotificationOptions.Section}:Routes";

    /// <summary>The alarms that take this route.</summary>
    public AlarmMatcher Match { get; set; } = new();

    /// <summary>Names of channels, such as <c>pagerduty:oncall</c>, with <c>*</c> and <c>?</c>.</summary>
    public string[] Channels { get; set; } = [];

    public IEnumerable<string> Validate(string name, IReadOnlyCollection<string> channels, IReadOnlyCollection<string> detections, IReadOnlyCollection<string> sets)
    {
        var at = $"{Section}:{name}";
        if (Channels.Length == 0)
            yield return $"{at}:Channels names no channel";
        foreach (var error in CheckChannels($"{at}:Channels", Channels, channels).Concat(Match.Check($"{at}:Match", detections)))
            yield return error;
        foreach (var set in Match.Sets.Where(set => !set.StartsWith("arn:", StringComparison.Ordinal) && !sets.Any(known => IsLike(set, known))))
            yield return $"{at}:Match:Sets: no protected set is like '{set}'{NearestName.Question(set, sets)}";
    }

    /// <summary>Names patterns that are like no channel.</summary>
    public static IEnumerable<string> CheckChannels(string at, IEnumerable<string> patterns, IReadOnlyCollection<string> channels) => patterns
        .Where(pattern => !channels.Any(channel => IsLike(pattern, channel)))
        .Select(pattern => $"{at}: no channel is like '{pattern}'{NearestName.Question(pattern, channels)}");

    public static bool IsLike(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
