using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KmsLab.Sentinel.Turns;

/// <summary>Registers the engine's core, and its parts.</summary>
internal static class TurnExtensions
{
    public static void AddTurns(this IServiceCollection services)
    {
        services.AddSingleton<SentinelStatus>();
        services.AddSingleton<SentinelMetrics>();
        services.AddSingleton<WatermarkClock>();
        services.TryAddSingleton(CommitGroup.Service);
        services.AddSingleton<Pipeline>();
        services.AddTurnPart<Counters>();
        services.AddTurnPart<SeenRecords>();
        services.AddTurnPart<Rejections>();
        services.AddTurnPart<ReadCursors>();
    }

    /// <summary>Adds a part; each memory has one of its own.</summary>
    public static void AddTurnPart<T>(this IServiceCollection services) where T : class, ITurnPart
    {
        services.AddScoped<T>();
        services.AddScoped<ITurnPart>(provider => provider.GetRequiredService<T>());
    }
}
