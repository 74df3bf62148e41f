using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Brings a database to the schema of the running code, before anything else starts.</summary>
/// <remarks>
/// DbUp is not safe with two starters at once on PostgreSQL, so they take turns: an advisory lock on a connection of its own there,
/// a lock file beside a SQLite file.
/// </remarks>
public sealed class DatabaseMigrator(string connectionString, DatabaseProvider provider, Assembly migrations) : IHostedLifecycleService
{
    // Any constant will do; it only must differ from other applications' locks in the same database.
    private const long AdvisoryLock = 0x6B6D736C6162; // "kmslab"

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var turn = provider == DatabaseProvider.PostgreSql
            ? await LockPostgresAsync(cancellationToken)
            : await LockFileAsync(cancellationToken);
        await Task.Run(Migrate, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Migrate()
    {
        var result = Engine()
            .WithScriptsEmbeddedInAssembly(migrations, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"The database could not be migrated: {Failing(result)} failed.", result.Error);
    }

    private static string Failing(DatabaseUpgradeResult result) => result.ErrorScript?.Name ?? "the connection";

    private UpgradeEngineBuilder Engine() => provider == DatabaseProvider.PostgreSql
        ? DeployChanges.To.PostgresqlDatabase(connectionString)
        : DeployChanges.To.SqliteDatabase(connectionString);

    private async Task<IAsyncDisposable> LockPostgresAsync(CancellationToken cancellationToken)
    {
        // Not pooled: the lock must end with the connection, whatever happens to this process.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    private async Task<IAsyncDisposable> LockFileAsync(CancellationToken cancellationToken)
    {
        var path = new SqliteConnectionStringBuilder(connectionString).DataSource + ".migrate";
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }
}
