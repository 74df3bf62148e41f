using System.Data.Common;
using System.Diagnostics;

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
/// <para>
/// SQLite takes one writer at a time and answers a second one by sleeping in steps of 150 ms, so writers queue here instead;
/// PostgreSQL's writers run side by side, and conflicts show in the row counts of conditional statements.
/// </para>
/// <para>
/// After a restart or failover of the server, pooled connections are dead without knowing it. Reads, and writes that say they may be run
/// again, are therefore tried up to three times when the connection (never the statement) failed.
/// </para>
/// </remarks>
public sealed class Database(DbDataSource source, DatabaseProvider provider, TimeProvider? time = null) : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan[] RetryDelays = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(250)];

    private static readonly ActivitySource Activities = new("KmsLab.Database");

    private readonly DatabaseBreaker _breaker = new(time ?? TimeProvider.System);
    private readonly SemaphoreSlim? _writer = provider == DatabaseProvider.Sqlite ? new(1, 1) : null;

    /// <summary>The engine behind it.</summary>
    public DatabaseProvider Provider => provider;

    /// <summary>Runs <paramref name="read"/> on a connection of its own, outside any transaction.</summary>
    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken) => RetryAsync(
        "read",
        async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await read(connection);
        },
        cancellationToken);

    /// <summary>Runs <paramref name="write"/> in a transaction and commits it. An exception rolls it back.</summary>
    /// <param name="write">The statements.</param>
    /// <param name="cancellationToken">Gives up before the commit; a commit that was asked for is waited for.</param>
    /// <param name="repeatable">
    /// The statements may be run again after an unknown outcome (a connection that broke during the commit) and then give the same answer.
    /// </param>
    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken, bool repeatable = false) =>
        RetryAsync("write", () => WriteOnceAsync(write, cancellationToken), cancellationToken, repeatable ? RetryDelays : []);

    /// <summary>Runs <paramref name="write"/>, a single statement that is its own transaction: PostgreSQL commits it in the same round trip.</summary>
    /// <param name="write">The statement. It has been committed when it returns, so it takes no cancellation: a caller who leaves must not turn a commit into a question.</param>
    /// <param name="cancellationToken">Gives up before the statement is sent.</param>
    /// <param name="repeatable">As for <see cref="WriteAsync"/>.</param>
    public Task<T> WriteOneAsync<T>(Func<DbConnection, Task<T>> write, CancellationToken cancellationToken, bool repeatable = false) => RetryAsync(
        "write",
        () => InTurnAsync(
            async () =>
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return await write(connection);
            },
            cancellationToken),
        cancellationToken,
        repeatable ? RetryDelays : []);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        source.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        await source.DisposeAsync();
    }

    private Task<T> WriteOnceAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await write(connection, transaction);
            // Not cancellable: a caller who leaves now must not turn a commit into a question.
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        },
        cancellationToken);

    /// <summary>SQLite's writers, one after the other.</summary>
    private async Task<T> InTurnAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        if (_writer is null)
            return await write();

        await _writer.WaitAsync(cancellationToken);
        try
        {
            return await write();
        }
        finally
        {
            _writer.Release();
        }
    }

    private async Task<T> RetryAsync<T>(string operation, Func<Task<T>> attempt, CancellationToken cancellationToken, TimeSpan[]? delays = null)
    {
        using var activity = Activities.StartActivity($"database {operation}", ActivityKind.Client);
        try
        {
            return await RetryAsync(attempt, delays ?? RetryDelays, cancellationToken);
        }
        catch (DbException failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, DatabaseFailures.Classify(failed).ToString());
            throw;
        }
    }

    private async Task<T> RetryAsync<T>(Func<Task<T>> attempt, TimeSpan[] delays, CancellationToken cancellationToken)
    {
        foreach (var delay in delays)
        {
            try
            {
                return await _breaker.RunAsync(attempt, cancellationToken);
            }
            catch (DbException lost) when (lost is not DatabaseDownException && DatabaseFailures.Classify(lost) == DatabaseFailure.Unreachable)
            {
                await Task.Delay(delay, TimeProvider.System, cancellationToken);
            }
        }

        return await _breaker.RunAsync(attempt, cancellationToken);
    }
}
