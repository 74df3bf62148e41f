using System.Globalization;
using System.Text;
using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing;

/// <summary>A notification as people read it.</summary>
internal static class NotificationText
{
    private const int LongestMember = 500;
    private const int MostRelatives = 10;

    /// <summary>One line that begins with who did it, such as <c>ALARM (high) role/ci: KMS refuses one principal repeatedly</c>.</summary>
    public static string Headline(Notification notification, string who, Texts texts)
    {
        var again = notification.News is not null ? "News" : notification.Reminder > 0 ? "Still" : "Plain";
        var state = notification switch
        {
            { IsTest: true } => "Test",
            { AcknowledgedBy: not null } => "Acknowledged",
            var told => $"{told.State}",
        };
        var title = notification.IsTest ? texts["Test.Title"] : texts.Title(notification.Detection, notification.Title);
        return texts[$"Headline.{again}", texts[$"Headline.{state}"], texts[$"Severity.{notification.Severity}"], who.Length > 0 ? $"{who}: {title}" : title];
    }

    /// <summary>The sentence that says why. One that was cut for want of room stays in English, as it was told.</summary>
    public static string Why(Notification notification, Texts texts) => notification switch
    {
        { IsTest: true } => texts["Test.Why"],
        { Retired: { } retirement } => AlarmText.WhyRetired(notification.Detection, retirement, texts),
        { Evidence.Count: 0, EvidenceTotal: > 0 } => notification.Why,
        _ => texts.OfDetection(notification.Detection, "Why", "") is { Length: > 0 } template ? AlarmText.Why(template, AlarmFacts.Of(notification), texts) : notification.Why,
    };

    /// <summary>All that matters, in lines.</summary>
    public static string Body(Message message)
    {
        var (notification, texts) = (message.Notification, message.Texts);
        var text = new StringBuilder(message.Headline).Append('\n');
        if (message.Link is { } link)
            text.Append(link).Append('\n');
        if (message.Why.Length > 0)
            text.Append('\n').Append(message.Why).Append('\n');

        if (notification.News is { } news)
        {
            text.Append('\n');
            Line(text, $"{texts["Message.News"]} {news}");
        }

        text.Append('\n');
        foreach (var (name, value) in message.NamedFacts)
            Line(text, $"{name}: {value}");
        foreach (var (name, value) in notification.Group)
            Line(text, $"{name}: {value}");
        Line(text, $"{texts["Message.Counted", texts.Number(notification.Observed), texts.Span(notification.Window), texts.Number(notification.Threshold)]}");
        Line(text, $"{texts["Message.Records", texts.Number(notification.EvidenceTotal)]}");
        foreach (var record in notification.Evidence)
            Line(text, $"  {texts["Message.Record", $"{Instants.Text(record.EventTime)} {record.EventName} {record.ErrorCode ?? "Success"}", record.Principal, record.SourceIp ?? texts["Unknown"], record.EventId]}");

        if (notification.Relatives.Count > 0)
        {
            Line(text.Append('\n'), $"{texts["Message.Incident"]}:");
            foreach (var relative in notification.Relatives)
                Line(text, $"- ({texts[$"Severity.{relative.Severity}"]}) {relative.Detection}: {texts.Title(relative.Detection, relative.Title ?? "")} [{relative.AlarmId}], {texts["Story.Same", string.Join(", ", relative.Ties)]}");
        }

        if (notification.Runbook is { Count: > 0 } steps)
        {
            Line(text.Append('\n'), $"{texts["Message.ToDo"]}:");
            foreach (var step in steps)
                Line(text, $"- {step}");
        }

        Line(text.Append('\n'), $"{texts["Message.Ids", notification.AlarmId, notification.Id]}");
        return text.ToString();
    }

    /// <summary>The notification for programs, with the address of its page.</summary>
    public static string Json(Message message) => Json(message.Notification with { Link = message.Link });

    private static string Json(Notification notification) => JsonSerializer.Serialize(notification, AlarmJson.Default.Notification);

    /// <summary>
    /// Renders a notification so that it has at most <paramref name="bytes"/> in UTF-8: with as much of the latest evidence as fits (its total is said
    /// anyway), and if none does, with what an attacker may choose at will cut short.
    /// </summary>
    public static string Fit(Notification notification, Func<Notification, string> render, int bytes)
    {
        for (var shown = notification.Evidence.Count; shown >= 0; shown--)
        {
            var text = render(notification with { Evidence = [.. notification.Evidence.TakeLast(shown)] });
            if (Encoding.UTF8.GetByteCount(text) <= bytes)
                return text;
        }

        return render(notification with
        {
            Evidence = [],
            Why = Cut(notification.Why),
            Group = notification.Group.ToDictionary(member => Cut(member.Key), member => Cut(member.Value)),
            Runbook = [],
            News = notification.News is { } news ? Cut(news) : null,
            Relatives = [.. notification.Relatives.Take(MostRelatives).Select(relative => relative with { Ties = [.. relative.Ties.Take(1).Select(Cut)] })],
        });
    }

    /// <summary>A state in CloudWatch's words.</summary>
    public static string WordOf(AlarmState state) => state switch
    {
        AlarmState.Ok => "OK",
        AlarmState.Alarm => "ALARM",
        _ => "INSUFFICIENT_DATA",
    };

    public static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A name with a small first letter, as JSON has them.</summary>
    public static string First(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    private static string Cut(string text) => text.Length <= LongestMember ? text : text[..LongestMember] + "...";

    /// <summary>A line of its own whatever it contains: parts of a record are an attacker's to choose.</summary>
    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(string.Concat(line.ToString(CultureInfo.InvariantCulture).Select(c => char.IsControl(c) ? ' ' : c))).Append('\n');
}
