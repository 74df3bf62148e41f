using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.State;

/// <summary>Brings what the write-ahead log has into the database file, beside the writer instead of in its way.</summary>
/// <remarks>
/// SQLite's own checkpoint runs inside whichever commit passes its limit, and that commit, with all that wait behind it, then waits for two fsyncs.
/// Here a thread of its own does it (a PASSIVE checkpoint waits for nobody). Under a load that never pauses the log would only grow,
/// so at <see cref="Limit"/> the writer stops once and truncates it. https://sqlite.org/wal.html#ckpt
/// </remarks>
internal sealed class WalCheckpoints : IDisposable
{
    private const long Limit = 256L * 1024 * 1024;
    private const int CommitsBetweenLooks = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FileInfo _log;
    private readonly Func<SqliteConnection> _open;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private int _commits;

    public WalCheckpoints(string databasePath, Func<SqliteConnection> open)
    {
        (_log, _open) = (new FileInfo(databasePath + "-wal"), open);
        _thread = new Thread(Run) { IsBackground = true, Name = "localaws state checkpoints" };
        _thread.Start();
    }

    /// <summary>After a commit, on the writer's thread.</summary>
    public void Committed(SqliteConnection writer)
    {
        if (Interlocked.Increment(ref _commits) % CommitsBetweenLooks != 0)
            return;

        _log.Refresh();
        if (_log.Exists && _log.Length > Limit)
            Checkpoint(writer, "TRUNCATE");
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        using var connection = _open();
        var seen = 0;
        while (!_stop.Wait(Interval))
        {
            var commits = Volatile.Read(ref _commits);
            if (commits == seen)
                continue;
            seen = commits;
            Checkpoint(connection, "PASSIVE");
        }
    }

    private static void Checkpoint(SqliteConnection connection, string mode)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA wal_checkpoint({mode})";
            command.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // A reader holds an older part of the log, or the disk is full: the log keeps everything, and the next time comes.
        }
    }
}
