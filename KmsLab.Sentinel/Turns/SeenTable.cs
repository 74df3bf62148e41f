using System.Data.Common;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>Keeps the ids of records that were counted in the database: the table <c>seen_record</c>.</summary>
/// <remarks>
/// The database knows all ids. Those of late are kept in memory as well, since each head read sees the same minutes again.
/// An id is remembered until <c>Retention</c> after its record, or its first sight if that is later; a record older than that is too late to be
/// counted. So however far back a read goes, nothing is counted twice.
/// </remarks>
internal sealed class SeenTable(Database database) : SeenRecords
{
    private const int Recent = 500_000;
    private const int PrunedABatch = 5000;
    private const int PrunedBatches = 40;

    private readonly Dictionary<RecordId, ulong> _recent = [];
    private readonly Queue<RecordId> _order = [];
    private readonly List<(RecordId Id, DateTimeOffset Until, ulong Content)> _new = [];

    /// <summary>The ids of <see cref="_new"/>, which the database does not know yet, and what was said under them.</summary>
    private readonly Dictionary<RecordId, ulong> _waiting = [];

    private readonly Dictionary<RecordId, CountedFor> _counted = [];
    private readonly List<RecordId> _replaced = [];

    public override bool HasChanges => _new.Count > 0;

    public override async Task<IReadOnlyList<T>> NewAsync<T>(IReadOnlyList<T> items, CancellationToken cancellationToken)
    {
        var doubtful = new List<RecordId>();
        foreach (var item in items)
        {
            Doubt(item.Ids.Own, doubtful);
            if (item.Ids.Shared is { } shared)
                Doubt(shared, doubtful);
        }

        var taken = await FindAsync(doubtful, cancellationToken);
        Remember(taken);

        var fresh = new List<T>(items.Count);
        foreach (var item in items)
        {
            var own = item.Ids.Own;
            if (!IsNew(item, Find) || item.Ids.Own != own && (await FindAsync([item.Ids.Own], cancellationToken)).Count > 0)
                continue;

            fresh.Add(item);
            taken[item.Ids.Own] = item.Ids.Content;
            if (item.Ids.Shared is { } shared)
                taken[shared] = item.Ids.SharedContent;
        }

        return fresh;

        ulong? Find(RecordId id) => taken.TryGetValue(id, out var content) || _waiting.TryGetValue(id, out content) || _recent.TryGetValue(id, out content) ? content : null;
    }

    public override async Task<IReadOnlyDictionary<RecordId, CountedFor?>> FindCountedAsync(IEnumerable<RecordId> ids, CancellationToken cancellationToken)
    {
        var counted = new Dictionary<RecordId, CountedFor?>();
        foreach (var id in ids)
        {
            if (_waiting.ContainsKey(id))
            {
                counted[id] = CountedOf(id);
                continue;
            }

            var row = await database.ReadAsync(
                connection => connection.QueryFirstOrDefaultAsync<(byte[]? Id, string? Series, long? At, long? Content)>(new CommandDefinition(
                    "SELECT id, series, event_at, content FROM seen_record WHERE id = @id", new { id = id.ToBytes() }, cancellationToken: cancellationToken)),
                cancellationToken);
            if (row.Id is not null)
                counted[id] = row is { Series: { } series, At: { } at } ? new(series, at) { Content = unchecked((ulong)(row.Content ?? 0)) } : null;
        }

        return counted;
    }

    public override void Note(RecordIds ids, DateTimeOffset until)
    {
        Note(ids.Own, ids.Content, until);
        if (ids.Shared is { } shared)
            Note(shared, ids.SharedContent, until);
    }

    public override void Counts(RecordId id, CountedFor counted) => _counted[id] = counted;

    public override void Replace(RecordId original, RecordId correction, bool isKnown, DateTimeOffset until)
    {
        if (_counted.TryGetValue(correction, out var counted))
            _counted[original] = counted;
        if (isKnown)
            _replaced.Add(original);
        else if (!_waiting.ContainsKey(original))
            Note(original, 0, until);
    }

    /// <summary>
    /// An id that is there already means that the record was counted since it was looked up, which the lease excludes: nothing of this turn may stand.
    /// </summary>
    public override async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var written = await RowWriter.InsertAsync(
            transaction, "seen_record (id, expires_at, series, event_at, content)", "ON CONFLICT DO NOTHING", _new.Select(RowOf), cancellationToken);
        if (written != _new.Count)
        {
            throw new InvalidOperationException(
                "A record of this turn was counted since the turn began: something writes to this database beside the leading Sentinel.");
        }

        foreach (var original in _replaced)
        {
            var counted = CountedOf(original);
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE seen_record SET series = @series, event_at = @at WHERE id = @id",
                new { id = original.ToBytes(), series = counted?.Series, at = counted?.EventAt }, transaction, cancellationToken: cancellationToken));
        }
    }

    /// <summary>Keeps committed ids at hand.</summary>
    public override void Committed()
    {
        Remember(_waiting);
        _new.Clear();
        _waiting.Clear();
        _counted.Clear();
        _replaced.Clear();
    }

    /// <summary>A few thousand at a time: the loop and the lease wait for each transaction.</summary>
    public override async Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var (batches, deleted) = (0, PrunedABatch); deleted == PrunedABatch && batches < PrunedBatches; batches++)
        {
            deleted = await writes.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                    $"""
                    DELETE FROM seen_record WHERE id IN (
                        SELECT id FROM seen_record WHERE expires_at < @now ORDER BY expires_at LIMIT {PrunedABatch})
                    """,
                    new { now = now.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
                cancellationToken,
                repeatable: true);
        }
    }

    /// <summary>Adds an id to those that only the database can tell of.</summary>
    private void Doubt(RecordId id, List<RecordId> doubtful)
    {
        if (!_recent.ContainsKey(id) && !_waiting.ContainsKey(id))
            doubtful.Add(id);
    }

    private async Task<Dictionary<RecordId, ulong>> FindAsync(List<RecordId> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? [] : await database.ReadAsync(connection => SeenLookup.FindAsync(connection, ids, cancellationToken), cancellationToken);

    private void Note(RecordId id, ulong content, DateTimeOffset until)
    {
        _new.Add((id, until, content));
        _waiting[id] = content;
    }

    private CountedFor? CountedOf(RecordId id) => _counted.TryGetValue(id, out var counted) ? counted with { Content = _waiting.GetValueOrDefault(id) } : null;

    private object[] RowOf((RecordId Id, DateTimeOffset Until, ulong Content) seen)
    {
        var counted = CountedOf(seen.Id);
        return
        [
            seen.Id.ToBytes(), seen.Until.ToUnixTimeMilliseconds(), (object?)counted?.Series ?? DBNull.Value, (object?)counted?.EventAt ?? DBNull.Value,
            seen.Content == 0 ? DBNull.Value : (object)unchecked((long)seen.Content),
        ];
    }

    private void Remember(Dictionary<RecordId, ulong> ids)
    {
        foreach (var (id, content) in ids)
        {
            if (_recent.TryAdd(id, content))
                _order.Enqueue(id);
        }

        while (_order.Count > Recent)
            _recent.Remove(_order.Dequeue());
    }
}
