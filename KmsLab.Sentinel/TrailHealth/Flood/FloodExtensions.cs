using KmsLab.Sentinel.Jobs;

namespace KmsLab.Sentinel.TrailHealth.Flood;

/// <summary>Registers the look for floods.</summary>
internal static class FloodExtensions
{
    public static void AddFloodWatch(this IServiceCollection services) => services.AddSingleton<IJob, FloodJob>();
}
