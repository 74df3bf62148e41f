using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing.Messages;

/// <summary>The kind of a message, which decides its colour.</summary>
internal enum MessageStatus
{
    /// <summary>The alarm is firing.</summary>
    Firing,

    /// <summary>The alarm is over.</summary>
    Resolved,

    /// <summary>The trail can't be read, so nobody knows.</summary>
    Unknown,

    /// <summary>Somebody has taken the alarm on.</summary>
    Acknowledged,

    /// <summary>No alarm at all: somebody tries the channel.</summary>
    Test,
}

/// <summary>Another alarm of the incident, on a line.</summary>
/// <param name="Text">The line.</param>
/// <param name="Link">The alarm's page; null where no address is configured.</param>
internal sealed record RelatedAlarm(string Text, Uri? Link);

/// <summary>
/// A notification as channels render it: who did what, from where and to which key, each on one line without control characters, for parts of a record
/// are an attacker's to choose. Channels add their own escaping and nothing else.
/// </summary>
internal sealed record Message
{
    private const int LongestFact = 300;
    private const int MostValues = 3;
    private const int MostRelated = 10;

    public required Notification Notification { get; init; }

    public required MessageStatus Status { get; init; }

    /// <summary>The language of the message.</summary>
    public required Texts Texts { get; init; }

    /// <summary>The sentence that says why; empty where there is none.</summary>
    public required string Why { get; init; }

    /// <summary>The first line, such as <c>ALARM (high) role/ci: KMS refuses one principal repeatedly</c>.</summary>
    public required string Headline { get; init; }

    /// <summary>Principals, or what else the detection counts apart.</summary>
    public required string Who { get; init; }

    /// <summary>Operations, with the number of records that are kept.</summary>
    public required string What { get; init; }

    /// <summary>Addresses and accounts.</summary>
    public required string Where { get; init; }

    /// <summary>KMS keys; empty where there are none.</summary>
    public required string Key { get; init; }

    /// <summary>The alarm's page; null where no address is configured.</summary>
    public Uri? Link { get; init; }

    /// <summary>Other alarms of the incident.</summary>
    public IReadOnlyList<RelatedAlarm> Related { get; init; } = [];

    /// <summary>Keys and values, in the order in which people ask.</summary>
    public IEnumerable<(string Key, string Value)> Facts => new[]
    {
        ("Who", Who),
        ("What", What),
        ("Where", Where),
        ("Key", Key),
        ("When", Texts["Chart.Range", Instants.Text(Notification.FirstSeen), Instants.Text(Notification.LastSeen)]),
        ("Detection", $"{Notification.Detection}, {Texts[$"Severity.{Notification.Severity}"]}"),
    }.Where(fact => fact.Item2.Length > 0);

    /// <summary>The same with names for people.</summary>
    public IEnumerable<(string Name, string Value)> NamedFacts => Facts.Select(fact => (Texts[$"Fact.{fact.Key}"], fact.Value));

    /// <summary>The colour of the bar beside a message, in hexadecimal: that of the severity while the alarm fires.</summary>
    public string Color => (Status, Notification.Severity) switch
    {
        (MessageStatus.Resolved, _) => "#15803d",
        (MessageStatus.Unknown or MessageStatus.Test or MessageStatus.Acknowledged, _) => "#6b7280",
        (_, Severity.Critical) => "#b91c1c",
        (_, Severity.High) => "#ea580c",
        (_, Severity.Medium) => "#ca8a04",
        _ => "#2563eb",
    };

    /// <summary>The id of the incident's leading alarm, which may be this one.</summary>
    public string Incident => AlarmRelative.LeaderOf(Notification.AlarmId, Notification.Severity, Notification.FirstSeen, Notification.Relatives);

    /// <summary>Puts a notification into words.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="page">The address of Sentinel's page, as people reach it.</param>
    /// <param name="texts">The language.</param>
    public static Message Of(Notification notification, Uri? page, Texts texts)
    {
        var subject = AlarmSubject.Of(notification);
        var who = subject.Principals.Count > 0
            ? Several(subject.Principals.Select(NameOf), texts)
            : Line(string.Join(", ", notification.Group.Select(member => $"{member.Key} {NameOf(member.Value)}")));
        return new()
        {
            Notification = notification,
            Status = StatusOf(notification),
            Texts = texts,
            Why = NotificationText.Why(notification, texts),
            Headline = NotificationText.Headline(notification, who, texts),
            Who = who,
            What = Several(notification.Evidence.GroupBy(Deed).OrderByDescending(deed => deed.Count()).Select(deed => $"{deed.Key} ({deed.Count()})"), texts),
            Where = WhereOf(notification, subject, texts),
            Key = Several(subject.Keys.Select(NameOf).Distinct(), texts),
            Link = notification.IsTest ? page : LinkOf(page, notification.AlarmId),
            Related = [.. notification.Relatives.Take(MostRelated).Select(relative => new RelatedAlarm(
                Line($"({texts[$"Severity.{relative.Severity}"]}) {texts.Title(relative.Detection, relative.Title ?? relative.Detection)}"), LinkOf(page, relative.AlarmId)))],
        };
    }

    /// <summary>Cuts a text that a channel takes up to a length only.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private static MessageStatus StatusOf(Notification notification) => notification switch
    {
        { IsTest: true } => MessageStatus.Test,
        { AcknowledgedBy: not null } => MessageStatus.Acknowledged,
        { State: AlarmState.Ok } => MessageStatus.Resolved,
        { State: AlarmState.Alarm } => MessageStatus.Firing,
        _ => MessageStatus.Unknown,
    };

    private static Uri? LinkOf(Uri? page, string alarmId) =>
        page is null ? null : new($"{page.GetLeftPart(UriPartial.Path).TrimEnd('/')}/alarms/{Uri.EscapeDataString(alarmId)}");

    private static string Deed(Evidence record) => record.ErrorCode is { } error ? $"{record.EventName}, {error}" : record.EventName;

    private static string WhereOf(Notification notification, AlarmSubject subject, Texts texts)
    {
        var addresses = Several(notification.Evidence.Select(record => record.SourceIp).OfType<string>().Distinct(StringComparer.Ordinal), texts);
        var accounts = Several(subject.Accounts.Select(account => texts["Message.Account", account]), texts);
        return string.Join(", ", new[] { addresses, accounts }.Where(part => part.Length > 0));
    }

    /// <summary>An ARN without partition, service, Region and account.</summary>
    private static string NameOf(string value) => value.Split(':', 6) is ["arn", _, _, _, _, { Length: > 0 } name] ? name : value;

    private static string Several(IEnumerable<string> values, Texts texts)
    {
        var all = values.ToList();
        var shown = string.Join(", ", all.Take(MostValues));
        return Line(all.Count <= MostValues ? shown : $"{shown}{texts["Who.More", all.Count - MostValues]}");
    }

    private static string Line(string text) => Cut(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)), LongestFact);
}
