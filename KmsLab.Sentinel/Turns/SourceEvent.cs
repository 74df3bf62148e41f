namespace KmsLab.Sentinel.Turns;

/// <summary>One record as its source has it.</summary>
/// <param name="Utf8">The record, UTF-8 JSON.</param>
/// <param name="Place">Where it stands in the source, for people: stream and id of a log event, or a file.</param>
/// <param name="Problem">What the source itself found wrong, if it did: then there is no record, and this is told instead.</param>
internal readonly record struct SourceEvent(ReadOnlyMemory<byte> Utf8, string Place, string? Problem = null)
{
    /// <summary>The log stream that it stands in; null where there are none.</summary>
    public string? Stream { get; init; }

    /// <summary>The number of a file's record, from 1; 0 elsewhere.</summary>
    public long Number { get; init; }

    /// <summary>The whole of where it stands. Most records are never asked for it.</summary>
    public string Origin => Number == 0 ? Place : $"{Place}#{Number}";
}
