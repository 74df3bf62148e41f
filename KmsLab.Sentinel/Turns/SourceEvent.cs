namespace KmsLab.Sentinel.Turns;

/// <summary>One record as its source has it.</summary>
/// <param name="Utf8">The record, UTF-8 JSON.</param>
/// <param name="Origin">Where it stands in the source, for people: stream and id of a log event, file and number of a record.</param>
/// <param name="Problem">What the source itself found wrong, if it did: then there is no record, and this is told instead.</param>
internal readonly record struct SourceEvent(ReadOnlyMemory<byte> Utf8, string Origin, string? Problem = null);
