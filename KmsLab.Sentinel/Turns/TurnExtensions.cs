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
        services.TryAddSingleton(new CommitGroup());
        services.AddSingleton<Pipeline>();
        services.AddTurnPart<Counters>();
        services.AddTurnPart<SeenRecords, SeenTable>();
        services.AddTurnPart<Rejections>();
        services.AddTurnPart<ReadCursors>();
    }

    /// <summary>Adds a part; each memory has one of its own.</summary>
    public static void AddTurnPart<T>(this IServiceCollection services) where T : class, ITurnPart => services.AddTurnPart<T, T>();

    /// <summary>Adds a part that is known as <typeparamref name="T"/>. Whoever has registered another one before keeps it.</summary>
    private static void AddTurnPart<T, TPart>(this IServiceCollection services)
        where T : class, ITurnPart
        where TPart : class, T
    {
        services.TryAddScoped<T, TPart>();
        services.AddScoped<ITurnPart>(provider => provider.GetRequiredService<T>());
    }
}
