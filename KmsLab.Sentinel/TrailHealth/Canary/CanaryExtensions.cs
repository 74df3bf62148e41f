using Amazon.CloudTrail;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Jobs;

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
            provider.GetRequiredService<IAmazonCloudTrail>(),
            provider.GetRequiredService<DetectionOptions>().EffectiveEventSources,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IJob, CanaryJob>();
        services.AddSingleton<IJob, HistoryJob>();
        services.AddSingleton<IJob, DeliveryJob>();
    }
}
