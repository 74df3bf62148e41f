using System.Globalization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Writes log events. The trail's delivery appends here as well.</summary>
internal sealed class LogStore(StateStore store, MetricFilterSet filters, TimeProvider time)
{
    // A big batch is written in parts, so that other callers' commits don't wait for all of it.
    private const int PartSize = 2000;

    // Rows of one INSERT: binding and running a statement costs about as much as a row.
    private const int RowsAtOnce = 16;

    private static readonly string InsertMany = InsertOf(RowsAtOnce);
    private static readonly string InsertOne = InsertOf(1);

    // Only the writer's thread comes here, and a transaction that fails stops the store, so nothing rolled back is ever looked up.
    private readonly Dictionary<(RegionScope Scope, string Group, string Stream), (long GroupId, long StreamId)> _recordStreams = [];

    /// <summary>Creates a group if it is missing. Runs on the writer's thread.</summary>
    public void EnsureGroup(WriteSession session, RegionScope scope, string group) => session.Execute(
        "INSERT OR IGNORE INTO log_groups (account, region, name, created) VALUES ($1, $2, $3, $4)",
        scope.Account, scope.Region, group, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Delivers a CloudTrail record: an event that refers to the record in the history. The stream is created if it is missing, the group is not.
    /// Runs on the writer's thread, inside its transaction.
    /// </summary>
    /// <param name="session">The writer.</param>
    /// <param name="scope">Account and Region.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="timestamp">Unix milliseconds.</param>
    /// <param name="ingestion">Unix milliseconds.</param>
    /// <param name="trailSeq">The record's place in the history.</param>
    /// <param name="json">The record, for metric filters.</param>
    /// <returns>False when the group doesn't exist.</returns>
    public bool AppendRecord(WriteSession session, RegionScope scope, string group, string stream, long timestamp, long ingestion, long trailSeq, byte[] json)
    {
        if (!_recordStreams.TryGetValue((scope, group, stream), out var found))
        {
            if (FindGroup(session, scope, group) is not { } groupId)
                return false;
            session.Execute("INSERT OR IGNORE INTO log_streams (group_id, name, created) VALUES ($1, $2, $3)", groupId, stream, ingestion);
            found = (groupId, FindStream(session, groupId, stream)!.Value);
            _recordStreams.Add((scope, group, stream), found);
        }

        var record = new LogEvent(timestamp, json);
        session.Execute(
            "INSERT INTO log_events (group_id, stream_id, timestamp, ingestion, size, trail_seq) VALUES ($1, $2, $3, $4, $5, $6)",
            found.GroupId, found.StreamId, timestamp, ingestion, record.Size, trailSeq);
        Count(session, found.StreamId, record.Size, timestamp, timestamp, ingestion);
        filters.Observe(found.GroupId, record);
        return true;
    }

    /// <summary>Forgets what it knows of a group that is being deleted, or of whose streams one is. Runs on the writer's thread.</summary>
    public void Forget(long groupId)
    {
        foreach (var (key, _) in _recordStreams.Where(pair => pair.Value.GroupId == groupId).ToList())
            _recordStreams.Remove(key);
    }

    /// <summary>Appends events to a stream; when it returns they are on disk.</summary>
    /// <returns>The group's id, <see cref="LogGroups.NoGroup"/> or <see cref="LogGroups.NoStream"/>.</returns>
    public async ValueTask<long> AppendAsync(RegionScope scope, string group, string stream, ArraySegment<LogEvent> events)
    {
        var groupId = 0L;
        do
        {
            var part = events[..Math.Min(PartSize, events.Count)];
            events = events[part.Count..];
            groupId = await store.WriteAsync(session => TryAppend(session, scope, group, stream, part));
            filters.Observe(groupId, part);
        }
        while (groupId >= 0 && events.Count > 0);

        return groupId;
    }

    // A write must not throw: the answers that are errors come back as negative ids.
    private long TryAppend(WriteSession session, RegionScope scope, string group, string stream, ArraySegment<LogEvent> events)
    {
        if (FindGroup(session, scope, group) is not { } groupId)
            return LogGroups.NoGroup;
        if (FindStream(session, groupId, stream) is not { } streamId)
            return LogGroups.NoStream;

        Insert(session, groupId, streamId, events);
        return groupId;
    }

    private void Insert(WriteSession session, long groupId, long streamId, ArraySegment<LogEvent> events)
    {
        if (events.Count == 0)
            return;

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        long bytes = 0, first = long.MaxValue, last = long.MinValue;
        for (var rest = events; rest.Count > 0;)
        {
            var rows = rest.Count >= RowsAtOnce ? RowsAtOnce : 1;
            session.Execute(rows == 1 ? InsertOne : InsertMany, [groupId, streamId, now, .. rest[..rows].SelectMany(one => new object?[] { one.Timestamp, one.Size, one.Message })]);
            rest = rest[rows..];
        }

        foreach (var one in events)
        {
            bytes += one.Size;
            first = Math.Min(first, one.Timestamp);
            last = Math.Max(last, one.Timestamp);
        }

        Count(session, streamId, bytes, first, last, now);
    }

    private static string InsertOf(int rows) =>
        "INSERT INTO log_events (group_id, stream_id, ingestion, timestamp, size, message) VALUES "
        + string.Join(", ", Enumerable.Range(0, rows).Select(row => string.Create(CultureInfo.InvariantCulture, $"($1, $2, $3, ${(3 * row) + 4}, ${(3 * row) + 5}, ${(3 * row) + 6})")));

    private static void Count(WriteSession session, long streamId, long bytes, long first, long last, long now) => session.Execute(
        """
        UPDATE log_streams
        SET bytes = bytes + $2, first_event = min(coalesce(first_event, $3), $3), last_event = max(coalesce(last_event, $4), $4), last_ingestion = $5
        WHERE id = $1
        """,
        streamId, bytes, first, last, now);

    public static long? FindGroup(WriteSession session, RegionScope scope, string name) =>
        (long?)session.Scalar("SELECT id FROM log_groups WHERE account = $1 AND region = $2 AND name = $3", scope.Account, scope.Region, name);

    public static long? FindStream(WriteSession session, long groupId, string name) =>
        (long?)session.Scalar("SELECT id FROM log_streams WHERE group_id = $1 AND name = $2", groupId, name);
}
