using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Sources;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Registers the canary.</summary>
internal static class CanaryExtensions
{
    public static void AddCanary(this IServiceCollection services)
    {
        services.AddSingleton<CanarySeal>();
        services.AddSingleton<CanaryState>();
        services.AddSingleton<CanaryKey>();
        services.AddSingleton<CanarySender>();
        services.AddSingleton<CanaryWatch>();
        services.AddSingleton(provider => new HistoryFeed(
            provider.GetRequiredService<EventHistory>(), provider.GetRequiredService<DetectionOptions>().EffectiveEventSources));
        services.AddSingleton<IJob, CanaryJob>();
        services.AddSingleton<IJob, HistoryJob>();
        services.AddSingleton<IJob, DeliveryJob>();
    }
}
