namespace KmsLab.Sentinel.Sources;

/// <summary>Where CloudTrail records are read from.</summary>
internal interface IRecordSource
{
    /// <summary>Its name in status, cursor and logs, such as <c>logs:kmslab-trail</c>. Stable: the cursor is kept under it.</summary>
    string Name { get; }

    /// <summary>Reads everything that arrived at or after <paramref name="from"/>, page by page. A read that ends without an exception was complete.</summary>
    /// <exception cref="SourceAbsentException">There is nothing to read from, yet.</exception>
    IAsyncEnumerable<IReadOnlyList<SourceEvent>> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>One record as its source has it.</summary>
/// <param name="Utf8">The record, UTF-8 JSON.</param>
/// <param name="Origin">Where it stands in the source, for people: stream and id of a log event, file and number of a record.</param>
/// <param name="Problem">What the source itself found wrong, if it did: then there is no record, and this is told instead.</param>
internal readonly record struct SourceEvent(ReadOnlyMemory<byte> Utf8, string Origin, string? Problem = null);

/// <summary>The source does not exist (yet): nothing to retry fast, nothing lost.</summary>
internal sealed class SourceAbsentException(string message, Exception inner) : Exception(message, inner);
