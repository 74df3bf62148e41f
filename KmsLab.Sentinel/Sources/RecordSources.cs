namespace KmsLab.Sentinel.Sources;

/// <summary>Makes the sources of one kind that the configuration names.</summary>
internal interface ISourceFactory
{
    IEnumerable<IRecordSource> Create();
}

/// <summary>All sources that are read: those that the configuration names, and those that were registered themselves.</summary>
internal sealed class RecordSources(IEnumerable<ISourceFactory> kinds, IEnumerable<IRecordSource> registered)
{
    public IReadOnlyList<IRecordSource> All { get; } = [.. kinds.SelectMany(kind => kind.Create()), .. registered];
}
