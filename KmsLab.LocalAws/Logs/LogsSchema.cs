using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Logs;

/// <summary>The tables of CloudWatch Logs.</summary>
/// <remarks>
/// Streams carry their own counts, so describing a group reads no events. Ids are never used again: what a deleted group or stream leaves behind
/// (its streams are listed in <c>log_purges</c>) is removed later, a little at a time, and nobody sees it meanwhile.
/// An event has a message of its own, or it is a record of the trail's history: then <c>trail_seq</c> says which, and the bytes are kept once.
/// </remarks>
internal sealed class LogsSchema : IStateSchema
{
    public string Name => "logs";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE log_groups (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            retention INTEGER,
            class TEXT NOT NULL DEFAULT 'STANDARD',
            kms_key TEXT,
            protected INTEGER NOT NULL DEFAULT 0,
            tags TEXT NOT NULL DEFAULT '{}',
            UNIQUE (account, region, name));
        CREATE TABLE log_streams (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            bytes INTEGER NOT NULL DEFAULT 0,
            first_event INTEGER,
            last_event INTEGER,
            last_ingestion INTEGER,
            UNIQUE (group_id, name));
        CREATE TABLE log_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL,
            stream_id INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,
            ingestion INTEGER NOT NULL,
            size INTEGER NOT NULL,
            message BLOB,
            trail_seq INTEGER);
        CREATE INDEX log_events_by_group ON log_events (group_id, timestamp);
        CREATE INDEX log_events_by_stream ON log_events (stream_id, timestamp);
        CREATE TABLE log_purges (stream_id INTEGER PRIMARY KEY);
        CREATE TABLE log_metric_filters (
            group_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            definition TEXT NOT NULL,
            PRIMARY KEY (group_id, name)) WITHOUT ROWID;
        """,
        // The history asks which of its records an event still shows.
        "CREATE INDEX log_events_by_record ON log_events (trail_seq) WHERE trail_seq IS NOT NULL;",
    ];
}
