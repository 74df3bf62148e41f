namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>Tells each of <c>Sentinel:Notifications:Webhooks</c>.</summary>
internal sealed class WebhookChannels(NotificationOptions options, IServiceProvider services) : IChannelFactory
{
    public IEnumerable<INotificationChannel> Create() =>
        options.Webhooks.Select(webhook => ActivatorUtilities.CreateInstance<WebhookChannel>(services, webhook.Key, webhook.Value));
}
