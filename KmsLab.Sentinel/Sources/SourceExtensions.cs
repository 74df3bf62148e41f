using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.Sentinel.Sources.Files;

namespace KmsLab.Sentinel.Sources;

/// <summary>Registers where records are read from. A new kind of source is a factory and a line here, or an <see cref="IRecordSource"/> of its own.</summary>
internal static class SourceExtensions
{
    public static void AddSources(this IServiceCollection services)
    {
        services.AddSingleton<EventHistory>();
        services.AddSingleton<ISourceFactory, CloudWatchLogsSources>();
        services.AddSingleton<ISourceFactory, EventHistorySources>();
        services.AddSingleton<ISourceFactory, FileSources>();
        services.AddSingleton<TrailBucket>();
        services.AddSingleton<ISourceFactory, TrailQueues>();
        services.AddSingleton<SourceReaders>();
    }
}
