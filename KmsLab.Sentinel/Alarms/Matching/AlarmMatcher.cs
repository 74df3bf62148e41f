using System.IO.Enumeration;
using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Alarms.Matching;

/// <summary>Chooses alarms by severity, detection, protected set, account, principal and key. A member that is empty chooses all.</summary>
/// <remarks>
/// Texts are patterns with <c>*</c> and <c>?</c>. Within a member one of them has to match; all members have to. One type is both bound from
/// configuration and stored as JSON.
/// </remarks>
public sealed class AlarmMatcher
{
    private static readonly (string Name, Func<AlarmMatcher, string[]> Patterns, Func<AlarmSubject, IReadOnlyCollection<string>> Values)[] Texts =
    [
        (nameof(Detections), matcher => matcher.Detections, subject => [subject.Detection]),
        (nameof(Sets), matcher => matcher.Sets, subject => subject.Sets),
        (nameof(Accounts), matcher => matcher.Accounts, subject => subject.Accounts),
        (nameof(Principals), matcher => matcher.Principals, subject => subject.Principals),
        (nameof(Keys), matcher => matcher.Keys, subject => subject.Keys),
    ];

    /// <summary>Severities, such as <c>high</c> and <c>critical</c>.</summary>
    public Severity[] Severities { get; set; } = [];

    /// <summary>Ids of detections, such as <c>key-*</c>.</summary>
    public string[] Detections { get; set; } = [];

    /// <summary>Names of protected sets, or ARNs of keys in none.</summary>
    public string[] Sets { get; set; } = [];

    /// <summary>Accounts of principals and keys, 12 digits each.</summary>
    public string[] Accounts { get; set; } = [];

    /// <summary>Stable principals: the ARN of a role or user, not of a session.</summary>
    public string[] Principals { get; set; } = [];

    /// <summary>ARNs of KMS keys.</summary>
    public string[] Keys { get; set; } = [];

    /// <summary>Tells whether it chooses all alarms.</summary>
    public bool IsEmpty() => Severities.Length == 0 && Texts.All(member => member.Patterns(this).Length == 0);

    /// <summary>Tells whether it touches an alarm: in each member, some value matches. For routes, which must lose nothing.</summary>
    internal bool Matches(AlarmSubject subject) => HasSeverity(subject)
        && Texts.All(member => member.Patterns(this) is not { Length: > 0 } patterns || member.Values(subject).Any(value => IsLike(patterns, value)));

    /// <summary>
    /// Tells whether it covers all of an alarm: in each member, there are values and each matches. For silences: an alarm in which somebody else takes
    /// part as well is not covered.
    /// </summary>
    internal bool Covers(AlarmSubject subject) => HasSeverity(subject)
        && Texts.All(member => member.Patterns(this) is not { Length: > 0 } patterns
            || (member.Values(subject) is { Count: > 0 } values && values.All(value => IsLike(patterns, value))));

    /// <summary>Names everything that is wrong with it.</summary>
    /// <param name="at">Its place in the configuration, or another name.</param>
    /// <param name="detections">The ids that there are.</param>
    internal IEnumerable<string> Check(string at, IReadOnlyCollection<string> detections)
    {
        foreach (var (name, patterns, _) in Texts)
        {
            if (patterns(this).Any(pattern => string.IsNullOrWhiteSpace(pattern) || pattern.Any(char.IsControl)))
                yield return $"{at}:{name} has an empty pattern: leave it out, or write * for all";
        }

        foreach (var severity in Severities.Where(severity => !Enum.IsDefined(severity)))
            yield return $"{at}:Severities: '{severity}' must be Low, Medium, High or Critical";
        foreach (var pattern in Detections.Where(pattern => !detections.Any(id => IsLike([pattern], id))))
            yield return $"{at}:Detections: no detection is like '{pattern}'{NearestName.Question(pattern, detections)}";
        foreach (var account in Accounts.Where(account => account.Any(c => !char.IsAsciiDigit(c) && c is not ('*' or '?'))))
            yield return $"{at}:Accounts: '{account}' is no account number of 12 digits";
    }

    private bool HasSeverity(AlarmSubject subject) => Severities.Length == 0 || Severities.Contains(subject.Severity);

    private static bool IsLike(string[] patterns, string value) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false));
}
