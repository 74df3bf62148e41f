using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Turns;

/// <summary>What a log event turned out to be: a record, or one that can't be used.</summary>
internal sealed class ParsedEvent : ISeenItem
{
    public ParsedEvent(CloudTrailRecord record)
    {
        Record = record;
        var own = new RecordIds(record.Id, RecordContent.Of(record));
        // The accounts on either side of a cross-account call get a copy each, with eventIDs of their own and one sharedEventID: where both come in, the
        // call counts once.
        Ids = record.SharedEventId is { } shared && !NetworkTwin.Is(record)
            ? own with { Shared = RecordId.Hash("shared:" + shared), SharedContent = RecordContent.OfShared(record) }
            : own;
    }

    public ParsedEvent(Rejection rejection)
    {
        Rejection = rejection;
        Ids = new(rejection.Id);
    }

    public CloudTrailRecord? Record { get; private set; }

    public Rejection? Rejection { get; }

    /// <summary>The log stream that it stands in, where that is none of CloudTrail's own; else null.</summary>
    public string? ForeignStream { get; private set; }

    public RecordDoubt Doubt { get; private set; }

    /// <summary>The ids under which it is known.</summary>
    public RecordIds Ids { get; private set; }

    public void Contradict(RecordDoubt doubt)
    {
        Doubt = doubt;
        Ids = new(doubt == RecordDoubt.SameEventId ? RecordId.Hash($"{Ids.Own}\n{Ids.Content:x}") : Ids.Own, Ids.Content);
        Record = Record! with { Id = Ids.Own };
    }

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
    public static ParsedEvent? Parse(SourceEvent source, string sourceName, RecordInterest interest)
    {
        if (source.Problem is { } found)
            return new(new Rejection(RecordId.Hash($"{source.Origin}\n{found}"), sourceName, source.Origin, found));

        var parsed = Read(source, sourceName, interest);
        if (parsed is null || source.Stream is not { } stream || CloudTrailStreams.IsOwn(stream))
            return parsed;

        // Under an id of its own, or it could stand in the way of the true record.
        parsed.ForeignStream = stream;
        parsed.Ids = new(RecordId.Hash($"foreign\n{stream}\n{parsed.Ids.Own}\n{parsed.Ids.Content:x}"));
        return parsed;
    }

    private static ParsedEvent? Read(SourceEvent source, string sourceName, RecordInterest interest) =>
        CloudTrailRecordReader.Read(source.Utf8, interest) switch
        {
            { Record: { } record } => new(record),
            { Problem: { } problem } => new(new Rejection(RecordId.Hash(source.Utf8.Span), sourceName, source.Origin, problem)),
            _ => null,
        };
}
