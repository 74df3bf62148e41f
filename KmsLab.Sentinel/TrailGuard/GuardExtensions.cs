using KmsLab.Sentinel.Duties;

namespace KmsLab.Sentinel.TrailGuard;

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
        services.AddSingleton<IDuty, GuardDuty>();
        services.AddSingleton<IDuty, SurveyDuty>();
    }
}
