using Microsoft.Data.Sqlite;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>The right to migrate a database, held by one starter at a time: dispose it to pass it on.</summary>
internal static class MigrationTurn
{
    // Any constant will do; it only must differ from other applications' locks in the same database.
    private const long AdvisoryLock = 0x6B6D736C6162; // "kmslab"

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>An advisory lock, on a connection of its own that is not pooled: the lock ends with it, whatever happens to this process.</summary>
    public static async Task<IAsyncDisposable> OnPostgresAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection)
            {
                Parameters = { new() { Value = AdvisoryLock } },
                CommandTimeout = (int)Patience.TotalSeconds,
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A lock on a file beside the database. The file stays: if its holder deleted it, a waiter that had it open already and one that
    /// makes a new file would both get in.
    /// </summary>
    /// <exception cref="TimeoutException">Another process holds it for too long.</exception>
    public static async Task<IAsyncDisposable> OnFileAsync(string connectionString, CancellationToken cancellationToken)
    {
        var path = new SqliteConnectionStringBuilder(connectionString).DataSource + ".migrate";
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException held) when (File.Exists(path))
            {
                if (TimeProvider.System.GetElapsedTime(started) > Patience)
                    throw new TimeoutException($"another process holds {path}", held);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }
}
