using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>A tumbling bucket of a series: starts at <paramref name="Start"/> (Unix milliseconds of event time) and is <paramref name="Size"/> milliseconds long.</summary>
internal readonly record struct BucketKey(long Series, long Start, long Size);

/// <summary>A series' number, and its latest bucket as the database has it, Unix milliseconds.</summary>
internal readonly record struct SeriesEntry(long Id, long LastAt);

/// <summary>The series there are, by number; beyond the limit new ones share <see cref="SeriesKey.Other"/>.</summary>
internal sealed class SeriesStore(SeriesOptions options, Counters counters) : ITurnPart
{
    /// <summary>How far behind a series' latest bucket may be known: writing it with each count would double the writing.</summary>
    private static readonly long LastAtSlack = (long)TimeSpan.FromHours(2).TotalMilliseconds;

    private readonly Dictionary<SeriesKey, SeriesEntry> _entries = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly long _bucketSize = (long)options.BucketSize.TotalMilliseconds;
    private readonly Dictionary<BucketKey, long> _calls = [];
    private readonly List<(long Id, SeriesKey Key, long LastAt)> _new = [];
    private readonly Dictionary<long, long> _touched = [];
    private long _lastId;

    public int Count => _entries.Count;

    public bool IsReplayed => true;

    public bool HasChanges => _calls.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(long Id, string KeyArn, string Principal, string Operation, string Outcome, string Service, long LastAt)>(
            new CommandDefinition("SELECT id, key_arn, principal, operation, outcome, service, last_at FROM series", cancellationToken: cancellationToken));
        foreach (var row in rows)
        {
            _entries.Add(Once(SeriesKey.FromColumns(row.KeyArn, row.Principal, row.Operation, row.Outcome, row.Service)), new(row.Id, row.LastAt));
            _lastId = Math.Max(_lastId, row.Id);
        }
    }

    /// <summary>Counts one call of <paramref name="key"/> in the tumbling bucket of its event time.</summary>
    /// <returns>The number of the series.</returns>
    public long Add(SeriesKey key, DateTimeOffset eventTime)
    {
        var at = eventTime.ToUnixTimeMilliseconds();
        var id = IdOf(key, at);
        CountCall(BucketOf(id, at), 1);
        return id;
    }

    /// <summary>Takes back what a record counted for.</summary>
    public void Withdraw(CountedCall counted)
    {
        foreach (var id in counted.Series)
            CountCall(BucketOf(id, counted.EventAt), -1);
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

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "series (id, key_arn, principal, operation, outcome, service, last_at)", "",
            _new.Select(series => new object[]
            {
                series.Id, series.Key.KeyArn ?? "", series.Key.Principal, series.Key.Operation, series.Key.Outcome, series.Key.Service ?? "", series.LastAt,
            }),
            cancellationToken);
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE series SET last_at = @Value WHERE id = @Key", _touched, transaction, cancellationToken: cancellationToken));
        await RowWriter.InsertAsync(
            transaction, "bucket (start_at, series_id, size, calls)", "ON CONFLICT (start_at, series_id, size) DO UPDATE SET calls = bucket.calls + excluded.calls",
            _calls.Select(bucket => new object[] { bucket.Key.Start, bucket.Key.Series, bucket.Key.Size, bucket.Value }), cancellationToken);
    }

    public void Committed()
    {
        _new.Clear();
        _touched.Clear();
        _calls.Clear();
    }

    private void CountCall(BucketKey bucket, long calls) => CollectionsMarshal.GetValueRefOrAddDefault(_calls, bucket, out _) += calls;

    private BucketKey BucketOf(long series, long at) => new(series, at - Remainder(at), _bucketSize);

    private long Remainder(long at) => ((at % _bucketSize) + _bucketSize) % _bucketSize;

    private long IdOf(SeriesKey key, long at)
    {
        if (_entries.TryGetValue(key, out var entry))
            return Touch(key, entry, at);

        if (_entries.Count >= options.MaxSeries && key != SeriesKey.Other)
        {
            counters.Add(Counter.Overflowed);
            return IdOf(SeriesKey.Other, at);
        }

        entry = new(++_lastId, at);
        _entries.Add(Once(key), entry);
        _new.Add((entry.Id, key, at));
        return entry.Id;
    }

    private SeriesKey Once(SeriesKey key) => new(
        key.KeyArn is null ? null : Once(key.KeyArn), Once(key.Principal), Once(key.Operation), Once(key.Outcome), key.Service is null ? null : Once(key.Service));

    /// <summary>Many series name the same few keys and principals, each record in texts of its own: one of each is enough.</summary>
    private string Once(string text)
    {
        if (_texts.TryGetValue(text, out var known))
            return known;

        _texts.Add(text);
        return text;
    }

    /// <summary>Some series sooner, others later: not all of them at the full hour.</summary>
    private long Touch(SeriesKey key, SeriesEntry entry, long at)
    {
        var patience = (LastAtSlack / 2) + (LastAtSlack / 2 * (entry.Id % 60) / 60);
        if (at >= entry.LastAt + patience)
        {
            _entries[key] = entry with { LastAt = at };
            _touched[entry.Id] = at;
        }

        return entry.Id;
    }
}
