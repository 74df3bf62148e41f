using System.Net;
using System.Text;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;
using MimeKit;
using MimeKit.Utils;

namespace KmsLab.Sentinel.Publishing.Email;

/// <summary>A notification as a mail, in text and HTML.</summary>
/// <remarks>
/// Its Message-ID is the notification's, so that one that is sent twice shows once. References name a root for each alarm of the incident (RFC 5322, 3.6.4):
/// mail programs show the incident as one conversation.
/// </remarks>
internal static class EmailMessage
{
    private const string Product = "kmslab-sentinel";

    public static MimeMessage Of(Message message, EmailOptions options, DateTimeOffset now)
    {
        var notification = message.Notification;
        var from = MailboxAddress.Parse(options.From);
        var mail = new MimeMessage
        {
            Subject = message.Headline,
            Date = now,
            MessageId = IdOf(notification.Id, from),
            Body = new BodyBuilder { TextBody = NotificationText.Body(message), HtmlBody = Html(message) }.ToMessageBody(),
        };
        mail.From.Add(from);
        mail.To.AddRange(options.To.Select(MailboxAddress.Parse));
        mail.References.Add(RootOf(message.Incident, from));
        foreach (var root in notification.Relatives.Select(relative => relative.AlarmId).Append(notification.AlarmId).Distinct().Select(id => RootOf(id, from)).Except(mail.References).ToList())
            mail.References.Add(root);
        mail.InReplyTo = RootOf(notification.AlarmId, from);
        // https://www.rfc-editor.org/rfc/rfc3834: nobody is to answer a machine automatically.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-KmsLab-Severity", NotificationText.Lower(notification.Severity));
        mail.Headers.Add("X-KmsLab-Detection", notification.Detection);
        mail.Headers.Add("X-KmsLab-State", NotificationText.WordOf(notification.State));
        if (message.Status == MessageStatus.Firing && notification.Severity >= Severity.High)
            mail.Importance = MessageImportance.High;
        return mail;
    }

    private static string IdOf(string id, MailboxAddress from) => MimeUtils.EnumerateReferences($"<{id}.{Product}@{from.Domain}>").Single();

    private static string RootOf(string alarmId, MailboxAddress from) => IdOf($"alarm-{alarmId}", from);

    private static string Html(Message message)
    {
        var html = new StringBuilder();
        html.Append($"<!doctype html><html lang=\"{message.Texts.Name}\"><body style=\"font-family:sans-serif;font-size:14px;color:#1f2937\">");
        html.Append($"<div style=\"border-left:6px solid {message.Color};padding:4px 12px\">");
        html.Append($"<h2 style=\"font-size:18px;margin:0 0 8px\">{Encode(message.Headline)}</h2>");
        if (message.Why.Length > 0)
            html.Append($"<p>{Encode(message.Why)}</p>");
        if (message.Notification.News is { } news)
            html.Append($"<p><b>{message.Texts["Message.News"]}</b> {Encode(news)}</p>");
        html.Append("<table cellpadding=\"4\">");
        foreach (var (name, value) in message.NamedFacts)
            html.Append($"<tr><th align=\"left\" valign=\"top\">{name}</th><td>{Encode(value)}</td></tr>");
        html.Append("</table>");
        if (message.Link is { } link)
            html.Append($"<p><a href=\"{Encode(link.ToString())}\" style=\"display:inline-block;padding:8px 14px;background:#1f2937;color:#fff;text-decoration:none\">{message.Texts["Message.Open"]}</a></p>");
        if (message.Related.Count > 0)
            html.Append($"<h3 style=\"font-size:15px\">{message.Texts["Message.Incident"]}</h3><ul>{string.Concat(message.Related.Select(Related))}</ul>");
        if (message.Notification.Runbook is { Count: > 0 } steps)
            html.Append($"<h3 style=\"font-size:15px\">{message.Texts["Message.ToDo"]}</h3><ol>{string.Concat(steps.Select(step => $"<li>{Encode(step)}</li>"))}</ol>");
        return html.Append("</div></body></html>").ToString();
    }

    private static string Related(RelatedAlarm alarm) =>
        alarm.Link is { } link ? $"<li><a href=\"{Encode(link.ToString())}\">{Encode(alarm.Text)}</a></li>" : $"<li>{Encode(alarm.Text)}</li>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
