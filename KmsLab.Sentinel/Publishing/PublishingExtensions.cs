using Amazon.SimpleNotificationService;
using KmsLab.Sentinel.Publishing.Sns;
using KmsLab.Sentinel.Publishing.Webhooks;
using KmsLab.ServiceDefaults.Aws;
using Polly;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Registers what sends.</summary>
internal static class PublishingExtensions
{
    public static WebApplicationBuilder AddPublishing(this WebApplicationBuilder builder)
    {
        builder.AddAwsClient<IAmazonSimpleNotificationService>();
        builder.Services.AddWebhookClient();
        builder.Services.AddSingleton<PublishingMetrics>();
        builder.Services.AddSingleton<DeliveryStore>();
        builder.Services.AddSingleton<ChannelRoutes>();
        builder.Services.AddSingleton(ChannelsOf);
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddHostedService<OutboxPublisher>();
        return builder;
    }

    private static IEnumerable<INotificationChannel> ChannelsOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<NotificationOptions>();
        var channels = new List<INotificationChannel> { ActivatorUtilities.CreateInstance<LogChannel>(services) };
        if (options.Sns.TopicArn.Length > 0)
            channels.Add(ActivatorUtilities.CreateInstance<SnsChannel>(services, options.Sns));
        foreach (var (name, webhook) in options.Webhooks)
            channels.Add(ActivatorUtilities.CreateInstance<WebhookChannel>(services, name, webhook));
        return channels;
    }

    /// <summary>A client that keeps the address to itself, for its path or query may be the receiver's secret, and that goes nowhere else.</summary>
    private static void AddWebhookClient(this IServiceCollection services)
    {
        var client = services.AddHttpClient(WebhookChannel.ClientName)
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                // Without one the handler writes no span, in which the whole address would stand.
                ActivityHeadersPropagator = null,
            });

#pragma warning disable EXTEXP0001 // Still experimental, and the one way out of the defaults of all clients.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        // No retries here: the outbox tries again, with pauses that outlast a restart.
        client.AddResilienceHandler(WebhookChannel.ClientName, (pipeline, context) =>
            pipeline.AddTimeout(context.ServiceProvider.GetRequiredService<NotificationOptions>().WebhookTimeout));
    }
}
