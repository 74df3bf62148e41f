using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel.Rates;

/// <summary>The series there are, by number; beyond the limit new ones share <see cref="SeriesKey.Other"/>.</summary>
internal sealed class SeriesBook
{
    private readonly Dictionary<SeriesKey, long> _ids;
    private readonly int _limit;
    private readonly long _bucketSize;
    private long _lastId;

    public SeriesBook(IEnumerable<KeyValuePair<SeriesKey, long>> series, SentinelOptions options)
    {
        _ids = new(series);
        _lastId = _ids.Count == 0 ? 0 : _ids.Values.Max();
        _limit = options.MaxSeries;
        _bucketSize = (long)options.BucketSize.TotalMilliseconds;
    }

    /// <summary>Counts one call of <paramref name="key"/> in the tumbling bucket of its event time.</summary>
    /// <returns>The number of the series.</returns>
    public long Count(SeriesKey key, DateTimeOffset eventTime, TurnChanges changes)
    {
        var id = IdOf(key, changes);
        changes.CountCall(BucketOf(id, eventTime.ToUnixTimeMilliseconds()));
        return id;
    }

    /// <summary>Takes back what a record counted for.</summary>
    public void Withdraw(CountedCall counted, TurnChanges changes)
    {
        foreach (var id in counted.Series)
            changes.CountCall(BucketOf(id, counted.EventAt), -1);
    }

    private BucketKey BucketOf(long series, long at) => new(series, at - Remainder(at), _bucketSize);

    private long Remainder(long at) => ((at % _bucketSize) + _bucketSize) % _bucketSize;

    private long IdOf(SeriesKey key, TurnChanges changes)
    {
        if (_ids.TryGetValue(key, out var id))
            return id;

        if (_ids.Count >= _limit && key != SeriesKey.Other)
        {
            changes.Add(Counter.Overflowed);
            return IdOf(SeriesKey.Other, changes);
        }

        id = ++_lastId;
        _ids.Add(key, id);
        changes.NewSeries.Add(new(id, key));
        return id;
    }
}
