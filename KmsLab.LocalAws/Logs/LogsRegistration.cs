using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Registers CloudWatch Logs.</summary>
internal static class LogsRegistration
{
    public static void AddLogs(this IServiceCollection services)
    {
        services.AddSingleton<IStateSchema, LogsSchema>();
        services.AddSingleton(new LogLimits());
        services.AddSingleton<LogGroups>();
        services.AddSingleton<MetricFilterSet>();
        services.AddSingleton<LogStore>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<LogGroupOperations>();
        services.AddSingleton<LogTagOperations>();
        services.AddSingleton<LogStreamOperations>();
        services.AddSingleton<LogEventOperations>();
        services.AddSingleton<MetricFilterOperations>();
        services.AddSingleton<ResourcePolicies>();
        services.AddSingleton<AwsService, LogsService>();
        services.AddSingleton<LogRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<LogRetention>());
    }
}
