using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>Where CloudTrail records are read from.</summary>
internal interface IRecordSource
{
    /// <summary>Its name in status, cursor and logs, such as <c>logs:kmslab-trail</c>. Stable: the cursor is kept under it.</summary>
    string Name { get; }

    /// <summary>Whether what it gives it gives once, as a queue does: no pass looks back, and one that is over has completed it.</summary>
    bool GivesOnce => false;

    /// <summary>Reads everything that is stamped at or after <paramref name="from"/>, page by page. A read that ends without an exception was complete.</summary>
    /// <exception cref="SourceAbsentException">There is nothing to read from, yet.</exception>
    IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>A source that can be asked for what matters most, without all the rest. Either may leave out something.</summary>
internal interface INarrowSource : IRecordSource
{
    /// <summary>Reads what concerns the protected keys.</summary>
    /// <param name="from">As for the whole.</param>
    /// <param name="keyArns">The keys.</param>
    /// <param name="unprovenOnly">Leaves out calls that carry a proof of the application's, be it a forged one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    IAsyncEnumerable<SourcePage> ReadKeysAsync(DateTimeOffset from, IReadOnlyCollection<string> keyArns, bool unprovenOnly, CancellationToken cancellationToken);

    /// <summary>Reads what stands where CloudTrail itself writes.</summary>
    IAsyncEnumerable<SourcePage> ReadOwnStreamsAsync(DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>A page of a source.</summary>
/// <param name="Events">Maybe none.</param>
internal sealed record SourcePage(IReadOnlyList<SourceEvent> Events)
{
    /// <summary>The time that each event is stamped with and the time at which it came, in order of the stamps. Empty where the source doesn't say.</summary>
    public IReadOnlyList<Arrival> Arrivals { get; init; } = [];

    /// <summary>What the source itself found wrong with the trail's files.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The stamp up to which the read has taken everything, where it reads by several patterns; null: that of the page's last event.</summary>
    public DateTimeOffset? CompleteUpTo { get; init; }
}

/// <summary>How an event came to its source.</summary>
/// <param name="At">The time by which it is found.</param>
/// <param name="Ingested">When it came.</param>
/// <param name="Bytes">Its length.</param>
internal readonly record struct Arrival(DateTimeOffset At, DateTimeOffset Ingested, int Bytes);

/// <summary>The source does not exist (yet): nothing to retry fast, nothing lost.</summary>
internal sealed class SourceAbsentException(string message, Exception inner) : Exception(message, inner);
