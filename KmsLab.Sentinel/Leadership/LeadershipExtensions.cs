namespace KmsLab.Sentinel.Leadership;

/// <summary>Registers the lease. Call it before what leads: hosted services stop in the reverse order.</summary>
internal static class LeadershipExtensions
{
    public static IServiceCollection AddLeadership(this IServiceCollection services)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeaseStore>(provider));
        services.AddSingleton<LeaderStatus>();
        services.AddSingleton<LeaderWrites>();
        services.AddHostedService<LeaseKeeper>();
        return services;
    }
}
