using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Password = KmsLab.ServiceDefaults.Database.PasswordFile;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Reads a database that belongs to another program: it writes nothing, changes no setting, and keeps no connection.</summary>
/// <param name="ConnectionString">Where it is.</param>
/// <param name="Provider">Its engine.</param>
/// <param name="PasswordFile">
/// The file that holds its password, alone or as a JSON object with a member <c>password</c>; null: the connection string has all.
/// </param>
public sealed record ReadOnlyDatabase(string ConnectionString, DatabaseProvider Provider, string? PasswordFile = null)
{
    /// <summary>Runs <paramref name="read"/> in a transaction that can't write: it sees one state of the database.</summary>
    /// <exception cref="DbException">It can't be opened or read.</exception>
    /// <exception cref="IOException">Its password file can't be read.</exception>
    public async Task<T> ReadAsync<T>(Func<DbConnection, DbTransaction, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var source = CreateSource();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        return await read(connection, transaction);
    }

    /// <summary>Never <see cref="object.ToString"/> of a record: the connection string may hold a password.</summary>
    public override string ToString() => $"{Provider} database";

    private DbDataSource CreateSource() => Provider switch
    {
        // Plain connections: a service's own set the journal mode, which a reader must not.
        DatabaseProvider.Sqlite => SqliteFactory.Instance.CreateDataSource(
            new SqliteConnectionStringBuilder(ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()),
        _ => DatabaseExtensions.CreateSource(
            new NpgsqlConnectionStringBuilder(Password.Apply(ConnectionString, PasswordFile)) { Pooling = false }.ToString(), Provider),
    };

    private static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (connection is SqliteConnection sqlite)
            return sqlite.BeginTransaction(deferred: true); // Another one would take the writer's lock.

        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, "SET TRANSACTION READ ONLY");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }
}
