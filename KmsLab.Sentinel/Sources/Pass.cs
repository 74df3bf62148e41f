using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>What a pass reads, and what it is good for.</summary>
/// <param name="StartedAt">When it began, by Sentinel's clock.</param>
/// <param name="From">The stamp from which it reads.</param>
internal sealed record PassRange(DateTimeOffset StartedAt, DateTimeOffset From)
{
    /// <summary>Whether the source is complete up to <see cref="StartedAt"/> once the pass is: it looks back over all that may have come since the last such pass.</summary>
    public bool Completes { get; init; }

    /// <summary>Whether it looks back over the whole head window, so that it tells how late records come.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether what it finds first comes late.</summary>
    public bool IsLate { get; init; }
}

/// <summary>A read under way: taken a few pages at a time, so that nothing waits for a long one. It ends where the time at which it began is reached.</summary>
/// <remarks>What is stamped later is for the next pass; otherwise a source that grows as fast as it is read would never be complete.</remarks>
internal sealed class Pass(PassRange range, IAsyncEnumerator<SourcePage> pages) : IAsyncDisposable
{
    /// <summary>How far the source's clock may be ahead of ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public PassRange Range => range;

    /// <summary>The stamp up to which everything has been taken; null before the first that is known.</summary>
    public DateTimeOffset? Reached { get; private set; }

    public int Pages { get; private set; }

    /// <summary>What it has seen of how and when events came.</summary>
    public PassTally Tally { get; } = new();

    /// <summary>The range that is left, for a pass that goes on after this one broke off.</summary>
    public PassRange Rest => Reached > range.From ? range with { From = Reached.Value } : range;

    /// <summary>The next page; null when the pass is over.</summary>
    public async Task<SourcePage?> NextAsync()
    {
        if (Reached > range.StartedAt + Skew || !await pages.MoveNextAsync())
            return null;

        var page = pages.Current;
        Pages++;
        Tally.Add(page.Arrivals);
        if (page.Arrivals is [.., var last] && (page.CompleteUpTo ?? last.At) is var upTo && !(upTo <= Reached))
            Reached = upTo;
        return page;
    }

    public ValueTask DisposeAsync() => pages.DisposeAsync();
}

/// <summary>How far a long pass over a source has come.</summary>
/// <param name="Source">Which.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Reached">The stamp up to which everything has been taken.</param>
internal sealed record PassPosition(string Source, DateTimeOffset StartedAt, DateTimeOffset Reached) : IReadPosition;
