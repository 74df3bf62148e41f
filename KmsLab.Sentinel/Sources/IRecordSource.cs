using KmsLab.Sentinel.Turns;

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

/// <summary>The source does not exist (yet): nothing to retry fast, nothing lost.</summary>
internal sealed class SourceAbsentException(string message, Exception inner) : Exception(message, inner);
