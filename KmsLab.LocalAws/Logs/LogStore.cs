using System.Text;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The log events of all groups. The Logs service owns it; the trail's delivery appends to it.</summary>
internal sealed class LogStore(TimeProvider time)
{
    /// <summary>Creates the group and stream if they are missing. Runs on the writer's thread.</summary>
    /// <returns>The stream's id for <see cref="Append"/>.</returns>
    public long EnsureStream(WriteSession session, RegionScope scope, string group, string stream)
    {
        var created = time.GetUtcNow().ToUnixTimeMilliseconds();
        session.Execute("INSERT OR IGNORE INTO log_groups (account, region, name, created) VALUES ($1, $2, $3, $4)", scope.Account, scope.Region, group, created);
        var groupId = (long)session.Scalar("SELECT id FROM log_groups WHERE account = $1 AND region = $2 AND name = $3", scope.Account, scope.Region, group)!;
        session.Execute("INSERT OR IGNORE INTO log_streams (group_id, name, created) VALUES ($1, $2, $3)", groupId, stream, created);
        return (long)session.Scalar("SELECT id FROM log_streams WHERE group_id = $1 AND name = $2", groupId, stream)!;
    }

    /// <summary>Appends an event to a stream. Runs on the writer's thread, inside its transaction.</summary>
    /// <param name="session">The writer.</param>
    /// <param name="streamId">From <see cref="EnsureStream"/>.</param>
    /// <param name="timestamp">Unix milliseconds.</param>
    /// <param name="message">The event's text.</param>
    public void Append(WriteSession session, long streamId, long timestamp, string message) => session.Execute(
        "INSERT INTO log_events (stream_id, timestamp, ingestion, message) VALUES ($1, $2, $3, $4)", streamId, timestamp, time.GetUtcNow().ToUnixTimeMilliseconds(), message);

    /// <summary>Appends a record of the trail, creating its stream if need be: CloudTrail creates streams, never groups.</summary>
    /// <returns>False when the group doesn't exist.</returns>
    public bool AppendRecord(WriteSession session, RegionScope scope, string group, string stream, long timestamp, long ingestion, long trailSeq, byte[] json)
    {
        if (session.Scalar("SELECT id FROM log_groups WHERE account = $1 AND region = $2 AND name = $3", scope.Account, scope.Region, group) is not long)
            return false;
        session.Execute(
            "INSERT INTO log_events (stream_id, timestamp, ingestion, message) VALUES ($1, $2, $3, $4)",
            EnsureStream(session, scope, group, stream), timestamp, ingestion, Encoding.UTF8.GetString(json));
        return true;
    }

    /// <summary>Creates a group if it is missing.</summary>
    public void EnsureGroup(WriteSession session, RegionScope scope, string group) => session.Execute(
        "INSERT OR IGNORE INTO log_groups (account, region, name, created) VALUES ($1, $2, $3, $4)",
        scope.Account, scope.Region, group, time.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>The tables of CloudWatch Logs.</summary>
internal sealed class LogsSchema : IStateSchema
{
    public string Name => "logs";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE log_groups (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE (account, region, name));
        CREATE TABLE log_streams (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE (group_id, name));
        CREATE TABLE log_events (id INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL, timestamp INTEGER NOT NULL, ingestion INTEGER NOT NULL, message TEXT NOT NULL);
        CREATE INDEX log_events_time ON log_events (stream_id, timestamp, id);
        """,
    ];
}
