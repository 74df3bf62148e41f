using System.Globalization;
using System.Text;
using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing;

/// <summary>A notification as people read it.</summary>
internal static class NotificationText
{
    private const int LongestMember = 500;
    private const int MostRelatives = 10;

    /// <summary>One line that begins with who did it, such as <c>ALARM (high) role/ci: KMS refuses one principal repeatedly</c>.</summary>
    public static string Headline(Notification notification, string who)
    {
        var again = notification.News is not null ? "NEWS OF " : notification.Reminder > 0 ? "STILL " : "";
        var state = notification switch
        {
            { IsTest: true } => "TEST",
            { AcknowledgedBy: not null } => "ACKNOWLEDGED",
            { State: AlarmState.Ok } => "RESOLVED",
            _ => WordOf(notification.State),
        };
        return $"{again}{state} ({Lower(notification.Severity)}) {(who.Length > 0 ? $"{who}: " : "")}{notification.Title}";
    }

    /// <summary>All that matters, in lines.</summary>
    public static string Body(Message message)
    {
        var notification = message.Notification;
        var text = new StringBuilder(message.Headline).Append('\n');
        if (message.Link is { } link)
            text.Append(link).Append('\n');
        if (notification.Why.Length > 0)
            text.Append('\n').Append(notification.Why).Append('\n');

        if (notification.News is { } news)
        {
            text.Append('\n');
            Line(text, $"Since it was acknowledged: {news}");
        }

        text.Append('\n');
        foreach (var (name, value) in message.Facts)
            Line(text, $"{name}: {value}");
        foreach (var (name, value) in notification.Group)
            Line(text, $"{name}: {value}");
        Line(text, $"{notification.Observed} within {notification.Window.TotalSeconds:0.###} s, the threshold is {notification.Threshold}");
        Line(text, $"{notification.EvidenceTotal} records in all");
        foreach (var record in notification.Evidence)
            Line(text, $"  {Instants.Text(record.EventTime)} {record.EventName} {record.ErrorCode ?? "Success"} by {record.Principal} from {record.SourceIp ?? "unknown"} [{record.EventId}]");

        if (notification.Relatives.Count > 0)
        {
            text.Append("\nOf the same incident:\n");
            foreach (var relative in notification.Relatives)
                Line(text, $"- ({Lower(relative.Severity)}) {relative.Detection}: {relative.Title} [{relative.AlarmId}], same {string.Join(", ", relative.Ties)}");
        }

        if (notification.Runbook is { Count: > 0 } steps)
        {
            text.Append("\nWhat to do:\n");
            foreach (var step in steps)
                Line(text, $"- {step}");
        }

        return text.Append("\nAlarm ").Append(notification.AlarmId).Append(", notification ").Append(notification.Id).Append('\n').ToString();
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
