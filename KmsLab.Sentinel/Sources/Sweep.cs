using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>A sweep under way: read a few pages at a time, so that the head never waits for it.</summary>
internal sealed class Sweep(SweepOptions options, DateTimeOffset startedAt, bool isBackfill, IAsyncEnumerator<IReadOnlyList<SourceEvent>> pages) : IAsyncDisposable
{
    public SweepOptions Options => options;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Whether this is the first look at the source: then what it finds is old, not late.</summary>
    public bool IsBackfill => isBackfill;

    /// <summary>The next page; null when there are no more.</summary>
    public async Task<IReadOnlyList<SourceEvent>?> NextAsync() => await pages.MoveNextAsync() ? pages.Current : null;

    public ValueTask DisposeAsync() => pages.DisposeAsync();
}
