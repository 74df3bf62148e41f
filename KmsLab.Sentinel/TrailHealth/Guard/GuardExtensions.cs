using KmsLab.Sentinel.Jobs;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Registers the trail guard.</summary>
internal static class GuardExtensions
{
    public static void AddTrailGuard(this IServiceCollection services)
    {
        services.AddSingleton<GuardState>();
        services.AddSingleton<GuardQuery>();
        services.AddSingleton<GuardCalls>();
        services.AddSingleton<GuardLook>();
        services.AddSingleton<KeyHome>();
        services.AddSingleton<KeySurvey>();
        services.AddSingleton<IJob, GuardJob>();
        services.AddSingleton<IJob, SurveyJob>();
        services.AddSingleton<IJob, AliasJob>();
    }
}
