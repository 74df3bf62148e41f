using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Adds CloudWatch.</summary>
internal static class MetricsExtensions
{
    public static void AddCloudWatch(this IServiceCollection services)
    {
        services.AddSingleton<IStateSchema, MetricsSchema>();
        services.AddSingleton<MetricStore>();
        services.AddSingleton<IMetricSink, MetricFilterSink>();
        services.AddSingleton<MetricReader>();
        services.AddSingleton<MetricQueries>();
        services.AddSingleton<MetricRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricRetention>());
        services.AddSingleton<AlarmStore>();
        services.AddSingleton<MuteRules>();
        services.AddSingleton<ActionHolds>();
        services.AddSingleton<AlarmTransitions>();
        services.AddSingleton<CompositeEvaluator>();
        services.AddSingleton<CompositeOperations>();
        services.AddSingleton<MuteOperations>();
        services.AddSingleton<AlarmOperations>();
        services.AddSingleton<AlarmEvaluator>();
        services.AddHostedService(provider => provider.GetRequiredService<AlarmEvaluator>());
        services.AddSingleton<AwsService, CloudWatchService>();
    }
}
