using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>Registers what fills gaps of the trail; a replay has nothing to fill them from.</summary>
internal static class GapExtensions
{
    public static void AddTrailGaps(this IServiceCollection services)
    {
        services.AddSingleton<GapState>();
        services.AddSingleton<GapQuery>();
        services.AddSingleton<GapLists>();
        services.AddTurnPart<GapStore>();
        services.AddSingleton<IJob, GapJob>();
    }
}
