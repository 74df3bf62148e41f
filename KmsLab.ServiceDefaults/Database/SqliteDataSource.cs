using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Opens SQLite connections that wait for a lock, enforce foreign keys, and fsync every commit.</summary>
/// <remarks>
/// WAL with <c>synchronous=FULL</c>: what was acknowledged survives a power cut (https://sqlite.org/pragma.html#pragma_synchronous).
/// </remarks>
/// <param name="connectionString">The connection string.</param>
/// <param name="isScratch">
/// What it holds can be made again: with <c>synchronous=NORMAL</c> a kill still loses nothing, and a power cut may lose the last commits, never the file.
/// </param>
internal sealed class SqliteDataSource(string connectionString, bool isScratch = false) : DbDataSource
{
    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new ConfiguredConnection(connectionString, isScratch);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            using var connection = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(connection);
        }

        base.Dispose(disposing);
    }

    /// <summary>Pragmas belong to a connection, and a pooled one comes back with its own: so they are set at each open.</summary>
    private sealed class ConfiguredConnection(string connectionString, bool isScratch) : SqliteConnection(connectionString)
    {
        public override void Open()
        {
            if (State == ConnectionState.Open)
                return;

            base.Open();
            using var command = CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; "
                + (isScratch ? "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;" : "PRAGMA synchronous=FULL;");
            command.ExecuteNonQuery();
        }
    }
}
