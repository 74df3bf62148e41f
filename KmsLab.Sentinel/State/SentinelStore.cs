using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.State;

/// <summary>What Sentinel knows, for good. One transaction a turn: counts, seen ids, alarms, outbox and cursor change together or not at all.</summary>
internal sealed class SentinelStore(Database database, LeaderWrites writes, ILogger<SentinelStore> logger)
{
    /// <summary>Which of <paramref name="ids"/> have been counted already.</summary>
    public Task<HashSet<RecordId>> FindSeenAsync(IReadOnlyCollection<RecordId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => SeenLookup.FindAsync(connection, ids, cancellationToken), cancellationToken);

    /// <summary>Those of <paramref name="ids"/> that have been seen, with what they counted for, or null for what counted for nothing.</summary>
    public async Task<IReadOnlyDictionary<RecordId, CountedCall?>> FindCountedAsync(IEnumerable<RecordId> ids, CancellationToken cancellationToken)
    {
        var counted = new Dictionary<RecordId, CountedCall?>();
        foreach (var id in ids)
        {
            var row = await database.ReadAsync(
                connection => connection.QueryFirstOrDefaultAsync<(byte[]? Id, string? Series, long? At)>(
                    new CommandDefinition("SELECT id, series, event_at FROM seen_record WHERE id = @id", new { id = id.ToBytes() }, cancellationToken: cancellationToken)),
                cancellationToken);
            if (row.Id is not null)
                counted[id] = row is { Series: { } series, At: { } at } ? CountedCall.FromColumns(series, at) : null;
        }

        return counted;
    }

    /// <summary>Commits a turn.</summary>
    public Task CommitAsync(TurnChanges changes, CancellationToken cancellationToken) => writes.WriteAsync(
        async (_, transaction) =>
        {
            await new TurnWriter(transaction, changes, cancellationToken).WriteAsync();
            TurnLog.Reached(logger, TurnStep.Written);
            return 0;
        },
        cancellationToken);

    /// <summary>Deletes what is older than the retention.</summary>
    /// <param name="now">Ids past their time go.</param>
    /// <param name="floor">Counts, rejections, ended alarms and settled notifications from before it go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PruneAsync(DateTimeOffset now, DateTimeOffset floor, CancellationToken cancellationToken)
    {
        await PruneSeenAsync(now, cancellationToken);
        await PruneRestAsync(floor, cancellationToken);
    }

    /// <summary>A few thousand at a time: the loop and the lease wait for each transaction.</summary>
    private async Task PruneSeenAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var (batches, deleted) = (0, SeenABatch); deleted == SeenABatch && batches < SeenBatches; batches++)
        {
            deleted = await ExecuteAsync(
                $"DELETE FROM seen_record WHERE id IN (SELECT id FROM seen_record WHERE expires_at < @now ORDER BY expires_at LIMIT {SeenABatch})",
                new { now = now.ToUnixTimeMilliseconds() },
                cancellationToken);
        }
    }

    private Task<int> PruneRestAsync(DateTimeOffset floor, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        DELETE FROM alarm WHERE ended = 1 AND quiet_at < @floor AND changed_at < @floor;
        DELETE FROM delivery WHERE settled_at < @floor;
        DELETE FROM outbox WHERE created_at < @floor AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.sequence = outbox.sequence);
        DELETE FROM rejection WHERE rejected_at < (SELECT MIN(rejected_at) FROM (SELECT rejected_at FROM rejection ORDER BY rejected_at DESC LIMIT {RejectionsKept}) AS newest);
        """,
        new { floor = floor.ToUnixTimeMilliseconds() },
        cancellationToken);

    /// <summary>Deletes what the windows of <paramref name="detection"/> can't need any more.</summary>
    public Task PruneAsync(ConfiguredDetection detection, DateTimeOffset floor, CancellationToken cancellationToken) => ExecuteAsync(
        """
        DELETE FROM detection_count WHERE detection = @id AND at < @floor;
        DELETE FROM detection_value WHERE detection = @id AND slot_at < @floor;
        DELETE FROM detection_group WHERE detection = @id AND last_at < @floor;
        """,
        new { id = detection.Definition.Id, floor = (floor - detection.Settings.Span).ToUnixTimeMilliseconds() },
        cancellationToken);

    /// <summary>How far a replay of <paramref name="source"/> has read its files.</summary>
    public async Task<IReadOnlyList<FilePosition>> ReadPositionsAsync(string source, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => new StateReader(connection, cancellationToken).PositionsAsync(source), cancellationToken);

    private const int SeenABatch = 5000;
    private const int SeenBatches = 40;

    /// <summary>How many rejections are kept for people to look at.</summary>
    public const int RejectionsKept = 100;

    /// <summary>All alarms, the latest change first.</summary>
    public Task<IReadOnlyList<Alarm>> ReadAlarmsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => new StateReader(connection, cancellationToken).AlarmsAsync(), cancellationToken);

    /// <summary>Everything that the loop keeps in memory.</summary>
    /// <remarks>Within the fence: a commit of this process that was never answered may still be under way, and would be missing.</remarks>
    /// <param name="knowledge">What else is read from the same database.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SavedState> LoadAsync(IReadOnlyList<IKnowledge> knowledge, CancellationToken cancellationToken) => writes.WriteAsync(
        async (connection, _) =>
        {
            foreach (var part in knowledge)
                await part.LoadAsync(connection, cancellationToken);
            return await new StateReader(connection, cancellationToken).AllAsync();
        },
        cancellationToken,
        repeatable: true);

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);
}
