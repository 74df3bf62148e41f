using System.Net.Http.Headers;
using System.Text;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>Posts to an address.</summary>
internal sealed class WebhookChannel(string name, WebhookOptions options, HttpSender sender, MessageWriter messages, TimeProvider time) : INotificationChannel
{
    /// <summary>The notification's id, the same for every attempt: who has seen it may answer 200 and do nothing.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    private readonly Uri _url = new(options.ReadUrl());
    private readonly WebhookSignature? _signature = options.ReadSecret() is { Length: > 0 } secret ? new(secret) : null;

    public string Name => $"webhook:{name}";

    public Severity MinimumSeverity => options.MinimumSeverity;

    public async Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var request = RequestOf(notification);
        return await sender.SendAsync(request, cancellationToken);
    }

    private HttpRequestMessage RequestOf(Notification notification)
    {
        var body = BodyOf(notification);
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(IdempotencyHeader, notification.Id);
        _signature?.Sign(request, notification.Id, time.GetUtcNow(), body);
        return request;
    }

    private string BodyOf(Notification notification) => options.Format switch
    {
        WebhookFormat.Slack => NotificationText.Fit(notification, each => SlackMessage.Of(messages.Of(each)), SlackMessage.MostBytes),
        WebhookFormat.Teams => NotificationText.Fit(notification, each => TeamsMessage.Of(messages.Of(each)), TeamsMessage.MostBytes),
        _ => NotificationText.Json(messages.Of(notification)),
    };
}
