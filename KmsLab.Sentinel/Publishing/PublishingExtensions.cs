using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Registers what sends.</summary>
internal static class PublishingExtensions
{
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SentinelOptions>>().Value.Notifications);
        services.AddSingleton<PublishingMetrics>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<ChannelRoutes>();
        services.AddSingleton<INotificationChannel, LogChannel>();
        services.AddSingleton<OutboxSignal>();
        services.AddHostedService<OutboxPublisher>();
        return services;
    }
}
