using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth;

/// <summary>Registers what is known of the trail's own health; who looks after it is registered by the canary and the guard.</summary>
internal static class TrailHealthExtensions
{
    public static void AddTrailHealth(this IServiceCollection services)
    {
        services.AddSingleton<CanaryVerifier>();
        services.AddTurnPart<CanaryStore>();
        services.AddTurnPart<GuardStore>();
        services.AddTurnPart<OwnRefusals>();
        services.AddTurnPart<SeenKeys>();
        services.AddTurnPart<ForeignStreams>();
    }
}
