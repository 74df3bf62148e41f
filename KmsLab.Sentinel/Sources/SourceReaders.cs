namespace KmsLab.Sentinel.Sources;

/// <summary>A reader for each source.</summary>
internal sealed class SourceReaders(RecordSources sources, IServiceProvider services)
{
    public IReadOnlyList<SourceReader> All { get; } = [.. sources.All.Select(source => ActivatorUtilities.CreateInstance<SourceReader>(services, source))];
}
