using Amazon.SimpleNotificationService;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Publishing.Email;
using KmsLab.Sentinel.Publishing.Heartbeats;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Publishing.PagerDuty;
using KmsLab.Sentinel.Publishing.Routing;
using KmsLab.Sentinel.Publishing.Sns;
using KmsLab.Sentinel.Publishing.Webhooks;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Aws;
using Polly;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Registers what sends.</summary>
internal static class PublishingExtensions
{
    public static WebApplicationBuilder AddPublishing(this WebApplicationBuilder builder)
    {
        builder.AddAwsClient<IAmazonSimpleNotificationService>();
        builder.Services.AddReceiverClient();
        builder.Services.AddSingleton<HttpSender>();
        builder.Services.AddSingleton<MessageWriter>();
        builder.Services.AddSingleton<PublishingMetrics>();
        builder.Services.AddSingleton<DeliveryStore>();
        builder.Services.AddSingleton<INotificationChannel, LogChannel>();
        builder.Services.AddSingleton<IChannelFactory, SnsChannels>();
        builder.Services.AddSingleton<IChannelFactory, WebhookChannels>();
        builder.Services.AddSingleton<IChannelFactory, PagerDutyChannels>();
        builder.Services.AddSingleton<IChannelFactory, EmailChannels>();
        builder.Services.AddSingleton<HeartbeatSender>();
        builder.Services.AddSingleton<ChannelTest>();
        builder.Services.AddHostedService<OutboxPublisher>();
        return builder;
    }

    /// <summary>The parts of a turn that write what is to be sent: the service and a replay, which has no channels, run the same.</summary>
    public static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<NotificationChannels>();
        services.AddSingleton<ChannelRoutes>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<HeartbeatState>();
        services.AddTurnPart<CallMetrics>();
        services.AddTurnPart<Outbox>();
        services.AddScoped<IOutbox>(provider => provider.GetRequiredService<Outbox>());
    }

    /// <summary>A client that keeps the address to itself, for its path or query may be the receiver's secret, and that goes nowhere else.</summary>
    private static void AddReceiverClient(this IServiceCollection services)
    {
        var client = services.AddHttpClient(HttpSender.ClientName)
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
        client.AddResilienceHandler(HttpSender.ClientName, (pipeline, context) =>
            pipeline.AddTimeout(context.ServiceProvider.GetRequiredService<NotificationOptions>().WebhookTimeout));
    }
}
