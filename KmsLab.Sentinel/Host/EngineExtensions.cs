using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.TrailHealth;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Host;

/// <summary>Registers the engine, apart from its sources and channels: the service and a replay run the same.</summary>
internal static class EngineExtensions
{
    /// <summary>Registers the parts of a turn in the order in which they look at a record: what comes later may rest on what came before.</summary>
    public static void AddSentinelPipeline(this IServiceCollection services)
    {
        services.AddSingleton<DetectionCatalog>();
        services.AddSingleton<RecordSources>();
        services.AddSingleton<SourceVolumes>();
        services.AddSingleton(provider => new SourceNames([.. provider.GetRequiredService<RecordSources>().All.Select(source => source.Name)]));
        services.AddSingleton<EngineGate>();
        services.AddTurns();
        services.AddTurnPart<FilePositions>();
        services.AddTurnPart<ReadPositions>();
        services.AddTrailHealth();
        services.AddKnowledge();
        services.AddRates();
        services.AddWindows();
        services.AddAlarms();
        services.AddOutbox();
    }
}
