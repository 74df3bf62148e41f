using System.Runtime.CompilerServices;
using KmsLab.Sentinel.Sources;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>A log event of a model, and when it can be read.</summary>
internal sealed record ModelledEvent(DateTimeOffset At, DateTimeOffset Ingested, byte[] Utf8);

/// <summary>A log group as FilterLogEvents shows it: what has come by now, from a stamp on, sorted by stamps, in pages. It counts what it hands out.</summary>
internal sealed class LogGroupModel(TimeProvider time, int pageSize) : INarrowSource
{
    private readonly List<ModelledEvent> _events = [];

    public string Name => "logs:model";

    /// <summary>From where each read began, the narrow ones apart.</summary>
    public List<DateTimeOffset> Reads { get; } = [];

    public int NarrowReads { get; private set; }

    /// <summary>How often each event was handed out, by its place.</summary>
    public Dictionary<ModelledEvent, int> HandedOut { get; } = [];

    /// <summary>Pages that a read may take before it breaks off; null: all.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>What the keys' own read finds.</summary>
    public Func<ModelledEvent, bool> OfKeys { get; set; } = _ => false;

    public void Add(IEnumerable<ModelledEvent> events) => _events.AddRange(events);

    public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        Reads.Add(from);
        return PagesAsync(from, _ => true, cancellationToken);
    }

    public IAsyncEnumerable<SourcePage> ReadKeysAsync(DateTimeOffset from, IReadOnlyCollection<string> keyArns, bool unprovenOnly, CancellationToken cancellationToken)
    {
        NarrowReads++;
        return PagesAsync(from, OfKeys, cancellationToken);
    }

    public IAsyncEnumerable<SourcePage> ReadOwnStreamsAsync(DateTimeOffset from, CancellationToken cancellationToken) => PagesAsync(from, _ => false, cancellationToken);

    private async IAsyncEnumerable<SourcePage> PagesAsync(DateTimeOffset from, Func<ModelledEvent, bool> filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        var pages = 0;
        var after = (At: from, Index: -1);
        while (true)
        {
            // What comes in between, and is stamped later than what was handed out, is found by the token.
            var page = _events.Select((item, index) => (item, index))
                .Where(pair => pair.item.Ingested <= time.GetUtcNow() && filter(pair.item) && (pair.item.At, pair.index).CompareTo(after) > 0)
                .OrderBy(pair => pair.item.At).ThenBy(pair => pair.index).Take(pageSize).ToList();
            if (BreaksAfter is { } most && pages++ == most)
                throw new HttpRequestException("the connection broke");
            foreach (var (item, _) in page)
                HandedOut[item] = HandedOut.GetValueOrDefault(item) + 1;
            yield return new([.. page.Select(pair => new KmsLab.Sentinel.Turns.SourceEvent(pair.item.Utf8, "stream/1"))])
            {
                Arrivals = [.. page.Select(pair => new Arrival(pair.item.At, pair.item.Ingested, pair.item.Utf8.Length))],
            };
            if (page.Count < pageSize)
                yield break;
            after = (page[^1].item.At, page[^1].index);
        }
    }
}
