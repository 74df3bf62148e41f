using System.Text.Json.Serialization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Another alarm of the same incident.</summary>
/// <param name="AlarmId">Which.</param>
/// <param name="Detection">Its detection.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Occurrence">The occurrence that belongs to the incident.</param>
/// <param name="FirstSeen">Event time of its first record.</param>
/// <param name="Ties">What both have in common, such as <c>principal arn:aws:iam::111122223333:role/ci</c>.</param>
public sealed record AlarmRelative(string AlarmId, string Detection, Severity Severity, long Occurrence, DateTimeOffset FirstSeen, IReadOnlyList<string> Ties)
{
    /// <summary>Its detection's title.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>Tells which alarm leads an incident: the most severe one, and of equals the one that began first.</summary>
    /// <param name="alarmId">An alarm of the incident.</param>
    /// <param name="severity">Its severity.</param>
    /// <param name="firstSeen">Event time of its first record.</param>
    /// <param name="relatives">The other ones.</param>
    internal static string LeaderOf(string alarmId, Severity severity, DateTimeOffset firstSeen, IReadOnlyList<AlarmRelative> relatives) => relatives
        .Append(new(alarmId, "", severity, 0, firstSeen, []))
        .OrderByDescending(member => member.Severity).ThenBy(member => member.FirstSeen).ThenBy(member => member.AlarmId, StringComparer.Ordinal).First().AlarmId;
}

/// <summary>
/// What an alarm's occurrence consists of beyond the evidence that is kept: the kinds of what was done, by which an acknowledgement knows what is new, and
/// who and what took part, by which alarms of one incident find each other.
/// </summary>
internal sealed record AlarmTraits
{
    private const int MostKinds = 200;
    private const int MostTies = 200;
    private const int LongestKind = 300;

    /// <summary>Names that are no caller's: Sentinel itself, and what stands where nobody is known.</summary>
    private static readonly HashSet<string> Nobody = new(StringComparer.Ordinal) { "", Sentinel, StablePrincipal.Unknown, "Other", "none" };

    /// <summary>The principal of what Sentinel found itself.</summary>
    internal const string Sentinel = "kmslab-sentinel";

    /// <summary>Kinds of what was done, in words; the first ones of very many.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Principals, sessions, credentials and keys that took part.</summary>
    public IReadOnlyList<string> Ties { get; init; } = [];

    /// <summary>Findings of a state that lasts: each look finds it anew, so their number says nothing.</summary>
    public long States { get; init; }

    /// <summary>Other alarms of the incident.</summary>
    public IReadOnlyList<AlarmRelative> Relatives { get; init; } = [];

    /// <summary>Takes up more records of the occurrence.</summary>
    public AlarmTraits With(DetectionGroup group, IReadOnlyCollection<Evidence> records) => this with
    {
        Kinds = Union(Kinds, records.Select(KindOf), MostKinds),
        Ties = Union(Ties, group.Values.Where(member => member.Key == "principal").SelectMany(member => TieTo("principal", member.Value)).Concat(records.SelectMany(TiesOf)), MostTies),
        States = States + records.Count(IsState),
    };

    /// <summary>Names what was done, by whom and on what, so that the same thing done again is the same text.</summary>
    /// <remarks>Uses of a key's material are counted, not told apart: each record, client and key of a theft would be news.</remarks>
    public static string KindOf(Evidence record)
    {
        if (IsState(record))
            return $"{record.EventName} found the path changed";

        var refused = record.ErrorCode is null ? "" : " (refused)";
        var kind = CryptographicOperations.Contains(record.EventName)
            ? $"{record.EventName}{refused} by {record.Principal}"
            : $"{record.EventName}{refused} by {record.Principal}{(record.KeyArn is { } key ? $" on {KeyFamily.Of(key)}" : "")}{(record.Detail is { } detail ? $": {detail}" : "")}";
        return kind.Length <= LongestKind ? kind : kind[..LongestKind];
    }

    private static bool IsState(Evidence record) => record.Principal == Sentinel;

    private static IEnumerable<string> TiesOf(Evidence record) =>
    [
        .. TieTo("principal", record.Principal),
        .. record.Session is { } session && session.Contains(":assumed-role/", StringComparison.Ordinal) ? TieTo("session", session) : [],
        .. TieTo("access key", record.AccessKeyId),
        .. record.KeyArn is { } key ? TieTo("key", KeyFamily.Of(key)) : [],
    ];

    /// <summary>An AWS service acts for everybody: that two alarms name it says nothing.</summary>
    private static IEnumerable<string> TieTo(string what, string? value) =>
        value is null || Nobody.Contains(value) || value.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? [] : [$"{what} {value}"];

    private static IReadOnlyList<string> Union(IReadOnlyList<string> known, IEnumerable<string> more, int most)
    {
        var fresh = known.Count >= most ? [] : more.Except(known, StringComparer.Ordinal).Take(most - known.Count).ToList();
        return fresh.Count == 0 ? known : [.. known, .. fresh];
    }
}
