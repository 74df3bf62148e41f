using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>The account's event history: every record of the last 90 days, whether or not a trail exists; and the data events that trails select.</summary>
internal sealed class TrailHistory(StateStore store, TrailDelivery delivery)
{
    private const string Insert = """
        INSERT INTO trail_events (event_id, account, region, time, source, name, read_only, username, access_key_id, resources, record, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    /// <summary>Enqueues a record and its delivery; the task completes when it is on disk.</summary>
    public Task Append(TrailEvent record, IReadOnlyList<LiveTrail> targets) => store.Enqueue(session => Write(session, record, targets));

    /// <summary>The same for the record of a call, whose answer commits it.</summary>
    public void Append(AwsCall call, TrailEvent record, IReadOnlyList<LiveTrail> targets) => call.Write(session => Write(session, record, targets));

    private void Write(WriteSession session, TrailEvent record, IReadOnlyList<LiveTrail> targets)
    {
        var seq = session.Insert(
            Insert,
            record.EventId.ToByteArray(bigEndian: true), record.Account, record.Region, record.Time.ToUnixTimeMilliseconds(),
            record.Source, record.Name, record.ReadOnly, record.Username, record.AccessKeyId,
            record.Resources.Count == 0 ? null : string.Join('\n', record.Resources.Select(resource => resource.Arn)), record.Json, record.IsDataEvent);
        delivery.Deliver(session, seq, record, targets);
    }
}

/// <summary>A record on its way into the history, with what LookupEvents finds it by and trails choose it by.</summary>
internal sealed record TrailEvent
{
    public const string ApiCall = "AwsApiCall";
    public const string ServiceEvent = "AwsServiceEvent";

    public required Guid EventId { get; init; }

    /// <summary>The type of an object among a record's resources, by which selectors name data events.</summary>
    public const string S3Object = "AWS::S3::Object";

    /// <summary>Tells whether it is a data event, which only trails have that select it.</summary>
    public bool IsDataEvent { get; init; }

    /// <summary><see cref="ApiCall"/> or <see cref="ServiceEvent"/>.</summary>
    public required string Type { get; init; }

    public required string Account { get; init; }
    public required string Region { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Source { get; init; }
    public required string Name { get; init; }
    public required bool ReadOnly { get; init; }

    /// <summary>The caller's ARN; null in what a service did by itself.</summary>
    public string? CallerArn { get; init; }

    /// <summary>The caller's name; empty in what a service did by itself.</summary>
    public string Username { get; init; } = "";

    /// <summary>The access key that signed the call; empty in what a service did by itself.</summary>
    public string AccessKeyId { get; init; } = "";

    public required IReadOnlyList<RecordedResource> Resources { get; init; }

    /// <summary>The record itself, UTF-8.</summary>
    public required byte[] Json { get; init; }
}

/// <summary>The history's table. <c>seq</c> is the order in which records were committed; the delivery's cursor counts in it.</summary>
internal sealed class TrailSchema : IStateSchema
{
    public string Name => "trail";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE trail_events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id BLOB NOT NULL,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            time INTEGER NOT NULL,
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            read_only INTEGER NOT NULL,
            username TEXT NOT NULL,
            access_key_id TEXT NOT NULL,
            resources TEXT,
            record BLOB NOT NULL);
        CREATE INDEX trail_events_time ON trail_events (account, region, time);
        """,
        """
        CREATE TABLE trail_pending (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, trail TEXT NOT NULL, due INTEGER NOT NULL, copy INTEGER NOT NULL);
        CREATE INDEX trail_pending_due ON trail_pending (due, id);
        CREATE TABLE trail_provisioned (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, region, name)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE trail_file_pending (id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, trail TEXT NOT NULL, region TEXT NOT NULL);
        CREATE INDEX trail_file_pending_trail ON trail_file_pending (trail, region, id);
        CREATE INDEX trail_file_pending_seq ON trail_file_pending (seq);
        CREATE TABLE trail_files (
            id INTEGER PRIMARY KEY AUTOINCREMENT, trail TEXT NOT NULL, region TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL,
            oldest INTEGER NOT NULL, newest INTEGER NOT NULL, delivered INTEGER NOT NULL, digested INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX trail_files_trail ON trail_files (trail, region, digested, id);
        CREATE TABLE trail_digests (
            trail TEXT NOT NULL, region TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, ended INTEGER NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL,
            PRIMARY KEY (trail, region)) WITHOUT ROWID;
        """,
        // A trail's own account stands in its ARN; an organization's has files of several.
        """
        ALTER TABLE trail_files ADD COLUMN account TEXT NOT NULL DEFAULT '';
        UPDATE trail_files SET account = substr(trail, instr(trail, ':trail/') - 12, 12);
        DROP INDEX trail_files_trail;
        CREATE INDEX trail_files_trail ON trail_files (trail, account, region, digested, id);
        ALTER TABLE trail_digests RENAME TO trail_digests_before;
        CREATE TABLE trail_digests (
            trail TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, ended INTEGER NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL,
            PRIMARY KEY (trail, account, region)) WITHOUT ROWID;
        INSERT INTO trail_digests
            SELECT trail, substr(trail, instr(trail, ':trail/') - 12, 12), region, bucket, key, ended, hash, signature FROM trail_digests_before;
        DROP TABLE trail_digests_before;
        """,
        "ALTER TABLE trail_events ADD COLUMN data INTEGER NOT NULL DEFAULT 0;",
    ];
}
