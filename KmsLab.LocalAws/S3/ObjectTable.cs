using System.Text.Json;
using KmsLab.LocalAws.State;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.S3;

/// <summary>The versions of all objects and the parts of uploads, in the state file. What changes them runs on the writer's thread.</summary>
internal static class ObjectTable
{
    public const string NullVersion = "null";

    private const string Columns = "id, key, version, latest, marker, size, etag, modified, meta";

    /// <summary>What a key names now; null: nothing. A delete marker is shown.</summary>
    public static StoredObject? Latest(SqliteConnection connection, string bucket, string key) =>
        connection.Query($"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND key = $2 AND latest = 1", Read, bucket, key).FirstOrDefault();

    public static StoredObject? Latest(WriteSession session, string bucket, string key) =>
        session.Query($"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND key = $2 AND latest = 1", Read, bucket, key).FirstOrDefault();

    public static StoredObject? Version(SqliteConnection connection, string bucket, string key, string version) =>
        connection.Query($"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND key = $2 AND version = $3", Read, bucket, key, version).FirstOrDefault();

    public static StoredObject? Version(WriteSession session, string bucket, string key, string version) =>
        session.Query($"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND key = $2 AND version = $3", Read, bucket, key, version).FirstOrDefault();

    /// <summary>The files of a version.</summary>
    public static List<Segment> Segments(SqliteConnection connection, long id) =>
        connection.Query("SELECT file, size FROM s3_segments WHERE object = $1 ORDER BY position", row => new Segment(row.GetString(0), row.GetInt64(1)), id);

    /// <summary>Adds a version as what its key names now; in a bucket that isn't versioned it takes the place of what was there.</summary>
    /// <returns>Its row, and the files that nothing names any more.</returns>
    public static (long Id, List<string> Garbage) Add(
        WriteSession session, string bucket, string? versioning, StoredObject version, IReadOnlyList<Segment> segments)
    {
        List<string> garbage = [];
        if (versioning != "Enabled" && Version(session, bucket, version.Key, NullVersion) is { } old)
            garbage = Remove(session, old.Id);
        session.Execute("UPDATE s3_objects SET latest = 0 WHERE bucket = $1 AND key = $2 AND latest = 1", bucket, version.Key);
        var id = session.Insert(
            "INSERT INTO s3_objects (bucket, key, version, latest, marker, size, etag, modified, meta) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8)",
            bucket, version.Key, version.Version, version.IsMarker, version.Size, version.ETag, version.Modified, JsonSerializer.SerializeToUtf8Bytes(version.Meta, S3Json.Wire.ObjectMeta));
        for (var i = 0; i < segments.Count; i++)
            session.Execute("INSERT INTO s3_segments (object, position, file, size) VALUES ($1, $2, $3, $4)", id, i, segments[i].File, segments[i].Size);
        return (id, garbage);
    }

    /// <summary>Removes a version for good; the one before it is then what the key names.</summary>
    /// <returns>The files that nothing names any more.</returns>
    public static List<string> Delete(WriteSession session, string bucket, StoredObject version)
    {
        var garbage = Remove(session, version.Id);
        if (version.IsLatest)
        {
            session.Execute(
                "UPDATE s3_objects SET latest = 1 WHERE id = (SELECT id FROM s3_objects WHERE bucket = $1 AND key = $2 ORDER BY id DESC LIMIT 1)", bucket, version.Key);
        }

        return garbage;
    }

    public static void ChangeMeta(WriteSession session, long id, ObjectMeta meta) =>
        session.Execute("UPDATE s3_objects SET meta = $1 WHERE id = $2", JsonSerializer.SerializeToUtf8Bytes(meta, S3Json.Wire.ObjectMeta), id);

    /// <summary>The next objects by key.</summary>
    /// <param name="connection">A reader's.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="from">The first key that may come.</param>
    /// <param name="max">So many at most.</param>
    public static List<StoredObject> Next(SqliteConnection connection, string bucket, string from, int max) => connection.Query(
        $"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND latest = 1 AND marker = 0 AND key >= $2 ORDER BY key LIMIT $3", Read, bucket, from, max);

    /// <summary>The next versions: by key, newest first, after a key and row.</summary>
    public static List<StoredObject> NextVersions(SqliteConnection connection, string bucket, string from, long before, int max) => connection.Query(
        $"SELECT {Columns} FROM s3_objects WHERE bucket = $1 AND (key > $2 OR (key = $2 AND id < $3)) ORDER BY key, id DESC LIMIT $4", Read, bucket, from, before, max);

    public static bool HasAny(WriteSession session, string bucket) => session.Scalar("SELECT 1 FROM s3_objects WHERE bucket = $1 LIMIT 1", bucket) is not null;

    /// <summary>Whether a version or an upload names a file.</summary>
    public static bool IsUsed(WriteSession session, string file) =>
        session.Scalar("SELECT 1 FROM s3_segments WHERE file = $1 UNION ALL SELECT 1 FROM s3_parts WHERE file = $1 LIMIT 1", file) is not null;

    private static List<string> Remove(WriteSession session, long id)
    {
        var files = session.Query("SELECT file FROM s3_segments WHERE object = $1", row => row.GetString(0), id);
        session.Execute("DELETE FROM s3_segments WHERE object = $1", id);
        session.Execute("DELETE FROM s3_objects WHERE id = $1", id);
        // A copy shares the files of what it was copied from.
        return [.. files.Where(file => !IsUsed(session, file))];
    }

    private static StoredObject Read(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3) != 0, row.GetInt64(4) != 0, row.GetInt64(5), row.GetString(6), row.GetInt64(7),
        JsonSerializer.Deserialize(row.Blob(8), S3Json.Wire.ObjectMeta)!);
}

/// <summary>The tables of S3.</summary>
internal sealed class S3Schema : IStateSchema
{
    public string Name => "s3";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE s3_objects (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            version TEXT NOT NULL,
            latest INTEGER NOT NULL,
            marker INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            meta BLOB NOT NULL);
        CREATE UNIQUE INDEX s3_objects_latest ON s3_objects (bucket, key) WHERE latest = 1;
        CREATE UNIQUE INDEX s3_objects_version ON s3_objects (bucket, key, version);
        CREATE INDEX s3_objects_key ON s3_objects (bucket, key, id DESC);
        CREATE TABLE s3_segments (object INTEGER NOT NULL, position INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (object, position)) WITHOUT ROWID;
        CREATE INDEX s3_segments_file ON s3_segments (file);
        CREATE TABLE s3_uploads (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated INTEGER NOT NULL, meta BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX s3_uploads_key ON s3_uploads (bucket, key, id);
        CREATE TABLE s3_parts (
            upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, checksum TEXT, file TEXT NOT NULL,
            PRIMARY KEY (upload, number)) WITHOUT ROWID;
        CREATE INDEX s3_parts_file ON s3_parts (file);
        """,
    ];
}
