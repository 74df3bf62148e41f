using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel.Rates;

/// <summary>A series' number, and its latest bucket as the database has it, Unix milliseconds.</summary>
internal readonly record struct SeriesEntry(long Id, long LastAt);

/// <summary>The series there are, by number; beyond the limit new ones share <see cref="SeriesKey.Other"/>.</summary>
internal sealed class SeriesBook
{
    /// <summary>How far behind a series' latest bucket may be known: writing it with each count would double the writing.</summary>
    private static readonly long LastAtSlack = (long)TimeSpan.FromHours(2).TotalMilliseconds;

    private readonly Dictionary<SeriesKey, SeriesEntry> _entries;
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly int _limit;
    private readonly long _bucketSize;
    private long _lastId;

    public SeriesBook(IEnumerable<KeyValuePair<SeriesKey, SeriesEntry>> series, SeriesOptions options)
    {
        _entries = new(series);
        _lastId = _entries.Count == 0 ? 0 : _entries.Values.Max(entry => entry.Id);
        _limit = options.MaxSeries;
        _bucketSize = (long)options.BucketSize.TotalMilliseconds;
    }

    public int Count => _entries.Count;

    /// <summary>Counts one call of <paramref name="key"/> in the tumbling bucket of its event time.</summary>
    /// <returns>The number of the series.</returns>
    public long Add(SeriesKey key, DateTimeOffset eventTime, TurnChanges changes)
    {
        var at = eventTime.ToUnixTimeMilliseconds();
        var id = IdOf(key, at, changes);
        changes.CountCall(BucketOf(id, at));
        return id;
    }

    /// <summary>Takes back what a record counted for.</summary>
    public void Withdraw(CountedCall counted, TurnChanges changes)
    {
        foreach (var id in counted.Series)
            changes.CountCall(BucketOf(id, counted.EventAt), -1);
    }

    /// <summary>Some series that have no bucket from <paramref name="floor"/> on.</summary>
    public IReadOnlyList<KeyValuePair<SeriesKey, long>> Unused(DateTimeOffset floor, int limit)
    {
        var bound = floor.ToUnixTimeMilliseconds() - LastAtSlack - _bucketSize;
        return [.. _entries.Where(entry => entry.Value.LastAt < bound).Take(limit).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Id))];
    }

    public void Forget(IEnumerable<KeyValuePair<SeriesKey, long>> series)
    {
        foreach (var (key, _) in series)
            _entries.Remove(key);
        if (_entries.Count == 0)
            _texts.Clear();
    }

    private BucketKey BucketOf(long series, long at) => new(series, at - Remainder(at), _bucketSize);

    private long Remainder(long at) => ((at % _bucketSize) + _bucketSize) % _bucketSize;

    private long IdOf(SeriesKey key, long at, TurnChanges changes)
    {
        if (_entries.TryGetValue(key, out var entry))
            return Touch(key, entry, at, changes);

        if (_entries.Count >= _limit && key != SeriesKey.Other)
        {
            changes.Add(Counter.Overflowed);
            return IdOf(SeriesKey.Other, at, changes);
        }

        entry = new(++_lastId, at);
        _entries.Add(new(key.KeyArn is null ? null : Once(key.KeyArn), Once(key.Principal), Once(key.Operation), Once(key.Outcome), key.Service is null ? null : Once(key.Service)), entry);
        changes.NewSeries.Add((entry.Id, key, at));
        return entry.Id;
    }

    /// <summary>Many series name the same few keys and principals, each record in texts of its own: one of each is enough.</summary>
    private string Once(string text)
    {
        if (_texts.TryGetValue(text, out var known))
            return known;

        _texts.Add(text);
        return text;
    }

    /// <summary>Some series sooner, others later: not all of them at the full hour.</summary>
    private long Touch(SeriesKey key, SeriesEntry entry, long at, TurnChanges changes)
    {
        var patience = (LastAtSlack / 2) + (LastAtSlack / 2 * (entry.Id % 60) / 60);
        if (at >= entry.LastAt + patience)
        {
            _entries[key] = entry with { LastAt = at };
            changes.TouchedSeries[entry.Id] = at;
        }

        return entry.Id;
    }
}
