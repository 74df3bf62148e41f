using System.Net.Http.Headers;
using System.Text;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;

namespace KmsLab.Sentinel.Publishing.PagerDuty;

/// <summary>Opens, acknowledges and resolves alerts of PagerDuty.</summary>
internal sealed class PagerDutyChannel(string name, PagerDutyOptions options, HttpSender sender, MessageWriter messages) : INotificationChannel
{
    private readonly Uri _url = new(options.Url);
    private readonly string _routingKey = options.ReadRoutingKey();

    public string Name => $"pagerduty:{name}";

    public Severity MinimumSeverity => options.MinimumSeverity;

    public bool KeepsOpen => true;

    public async Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var body = NotificationText.Fit(notification, each => PagerDutyEvent.Of(messages.Of(each), _routingKey), PagerDutyEvent.MostBytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await sender.SendAsync(request, cancellationToken);
    }
}
