namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Reads the files of <c>Sentinel:Files</c>.</summary>
internal sealed class FileSources(SourceOptions options, ILogger<FileSource> logger) : ISourceFactory
{
    public IEnumerable<IRecordSource> Create() => options.EffectiveFiles.Select(path => new FileSource(path, logger));
}
