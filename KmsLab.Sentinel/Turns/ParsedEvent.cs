using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>What a log event turned out to be: a record, or one that can't be used.</summary>
internal sealed record ParsedEvent(CloudTrailRecord? Record, Rejection? Rejection)
{
    /// <summary>
    /// The ids under which it is known. The accounts on either side of a cross-account call get a copy each, with eventIDs of their own and one
    /// sharedEventID: where both come in, the call counts once.
    /// </summary>
    public RecordIds Ids { get; } = Record switch
    {
        null => new(Rejection!.Id),
        _ when NetworkTwin.Is(Record) => new(Record.Id),
        { SharedEventId: { } shared } => new(Record.Id, RecordId.Hash("shared:" + shared)),
        _ => new(Record.Id),
    };

    /// <summary>Reads the events of a page, and leaves out those that are not of interest.</summary>
    public static List<ParsedEvent> ParseAll(IReadOnlyList<SourceEvent> sources, string sourceName, RecordInterest interest)
    {
        var events = new List<ParsedEvent>(sources.Count);
        foreach (var source in sources)
        {
            if (Parse(source, sourceName, interest) is { } parsed)
                events.Add(parsed);
        }

        return events;
    }

    /// <summary>Reads an event.</summary>
    /// <returns>Null if it is not of interest.</returns>
    public static ParsedEvent? Parse(SourceEvent source, string sourceName, RecordInterest interest) =>
        source.Problem is { } found
            ? new(null, new(RecordId.Hash($"{source.Origin}\n{found}"), sourceName, source.Origin, found))
            : Read(source, sourceName, interest);

    private static ParsedEvent? Read(SourceEvent source, string sourceName, RecordInterest interest) =>
        CloudTrailRecordReader.Read(source.Utf8, interest) switch
        {
            { Record: { } record } => new(record, null),
            { Problem: { } problem } => new(null, new(RecordId.Hash(source.Utf8.Span), sourceName, source.Origin, problem)),
            _ => null,
        };
}
