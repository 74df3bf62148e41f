using System.Data.Common;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Which engine a service's database runs on. The SQL is the same for both (docs/adr/0002-one-sql-dialect.md).</summary>
public enum DatabaseProvider
{
    /// <summary>A SQLite file with one owner: the embedded lab.</summary>
    Sqlite,

    /// <summary>PostgreSQL, shared by several instances: Aspire and production.</summary>
    PostgreSql,
}

/// <summary>
/// A service's database: short reads, and short write transactions that commit before they return.
/// </summary>
/// <remarks>
/// SQLite takes one writer at a time and answers a second one by sleeping in steps of 150 ms, so writers queue here instead;
/// PostgreSQL's writers run side by side, and conflicts show in the row counts of conditional statements.
/// </remarks>
public sealed class Database(DbDataSource source, DatabaseProvider provider) : IDisposable, IAsyncDisposable
{
    private readonly SemaphoreSlim _writer = provider == DatabaseProvider.Sqlite ? new(1, 1) : new(int.MaxValue);

    /// <summary>The engine behind it.</summary>
    public DatabaseProvider Provider => provider;

    /// <summary>Runs <paramref name="read"/> on a connection of its own, outside any transaction.</summary>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await read(connection);
    }

    /// <summary>Runs <paramref name="write"/> in a transaction and commits it. An exception rolls it back.</summary>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await write(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        source.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await source.DisposeAsync();
    }
}
