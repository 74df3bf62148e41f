using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing.PagerDuty;

/// <summary>A notification as an event of PagerDuty's Events API v2.</summary>
/// <remarks>
/// https://developer.pagerduty.com/docs/send-alert-event: of one <c>dedup_key</c> the first trigger opens an alert, later ones add to it, acknowledge and
/// resolve change it. A summary has 1,024 characters, an event 512 KB. <c>group</c> is the incident, for grouping by content.
/// </remarks>
internal static class PagerDutyEvent
{
    public const int MostBytes = 500_000;

    private const int LongestSummary = 1024;
    private const string Client = "KmsLab Sentinel";

    /// <summary>The alert that an alarm's notifications are about.</summary>
    public static string KeyOf(Notification notification) => $"kmslab-sentinel-{notification.AlarmId}";

    public static string Of(Message message, string routingKey)
    {
        var action = ActionOf(message.Status);
        var sent = new JsonObject
        {
            ["routing_key"] = routingKey,
            ["event_action"] = action,
            ["dedup_key"] = KeyOf(message.Notification),
            ["payload"] = PayloadOf(message),
            ["client"] = Client,
        };
        if (message.Link is { } link)
        {
            sent["client_url"] = link.ToString();
            sent["links"] = new JsonArray(
            [
                new JsonObject { ["href"] = link.ToString(), ["text"] = message.Texts["Message.Open"] },
                .. message.Related.Where(related => related.Link is not null)
                    .Select(related => new JsonObject { ["href"] = related.Link!.ToString(), ["text"] = $"{message.Texts["Message.Incident"]}: {related.Text}" }),
            ]);
        }

        return sent.ToJsonString();
    }

    /// <summary>Nobody knows whether an alarm is over while the trail can't be read: it stays open.</summary>
    private static string ActionOf(MessageStatus status) => status switch
    {
        MessageStatus.Resolved => "resolve",
        MessageStatus.Acknowledged => "acknowledge",
        _ => "trigger",
    };

    private static JsonObject PayloadOf(Message message)
    {
        var notification = message.Notification;
        var details = new JsonObject { ["why"] = message.Why, ["state"] = NotificationText.WordOf(notification.State) };
        foreach (var (name, value) in message.Facts)
            details[NotificationText.First(name)] = value;
        if (notification.News is { } news)
            details["news"] = news;
        details["evidence"] = new JsonArray([.. notification.Evidence.Select(record => JsonValue.Create(
            $"{Instants.Text(record.EventTime)} {record.EventName} {record.ErrorCode ?? "Success"} by {record.Principal} [{record.EventId}]"))]);
        details["evidence_total"] = notification.EvidenceTotal;
        details["runbook"] = new JsonArray([.. (notification.Runbook ?? []).Select(step => JsonValue.Create(step))]);
        return new JsonObject
        {
            ["summary"] = Message.Cut(message.Headline, LongestSummary),
            ["source"] = message.Where.Length > 0 ? message.Where : "kmslab-sentinel",
            ["severity"] = SeverityOf(notification),
            ["timestamp"] = Instants.Text(notification.ChangedAt),
            ["component"] = message.Key.Length > 0 ? message.Key : "KMS",
            ["group"] = message.Incident,
            ["class"] = notification.Detection,
            ["custom_details"] = details,
        };
    }

    private static string SeverityOf(Notification notification) => notification switch
    {
        { IsTest: true } => "info",
        { Severity: Severity.Critical } => "critical",
        { Severity: Severity.High } => "error",
        { Severity: Severity.Medium } => "warning",
        _ => "info",
    };
}
