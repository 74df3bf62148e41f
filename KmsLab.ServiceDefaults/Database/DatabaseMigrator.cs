using System.Data.Common;
using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Extensions.Hosting;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Brings a database to the schema of the running code, before anything else of the service starts.</summary>
/// <param name="name">The connection string's name, for error messages.</param>
/// <param name="connectionString">The connection string.</param>
/// <param name="provider">The engine.</param>
/// <param name="migrations">The assembly whose embedded <c>*.sql</c> resources are run in name order, each once and in a transaction of its own.</param>
/// <remarks>
/// DbUp is not safe with two starters at once on PostgreSQL, so they take turns (<see cref="MigrationTurn"/>). A server that is still
/// starting is waited for, up to a minute.
/// </remarks>
public sealed class DatabaseMigrator(string name, string connectionString, DatabaseProvider provider, Assembly migrations) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Migrates.</summary>
    /// <exception cref="InvalidOperationException">The database can't be reached or a script failed; the message says what to change.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var turn = await WaitForTurnAsync(cancellationToken);
            await Task.Run(Migrate, cancellationToken);
        }
        catch (Exception problem) when (problem is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new InvalidOperationException(
                $"The database of ConnectionStrings:{name} can't be used: {problem.Message.TrimEnd('.')}. Set ConnectionStrings:{name} to one that can.", problem);
        }
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

    private async Task<IAsyncDisposable> WaitForTurnAsync(CancellationToken cancellationToken)
    {
        if (provider == DatabaseProvider.Sqlite)
            return await MigrationTurn.OnFileAsync(connectionString, cancellationToken);

        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await MigrationTurn.OnPostgresAsync(connectionString, cancellationToken);
            }
            catch (DbException down) when (DatabaseFailures.Classify(down) == DatabaseFailure.Unreachable && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            }
        }
    }

    private void Migrate()
    {
        var result = Engine()
            .WithScriptsEmbeddedInAssembly(migrations, resource => resource.EndsWith(".sql", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"The database of ConnectionStrings:{name} could not be migrated: {Failing(result)} failed: {result.Error.Message}", result.Error);
    }

    private static string Failing(DatabaseUpgradeResult result) => result.ErrorScript?.Name ?? "the connection";

    private UpgradeEngineBuilder Engine() => provider == DatabaseProvider.PostgreSql
        ? DeployChanges.To.PostgresqlDatabase(connectionString)
        : DeployChanges.To.SqliteDatabase(connectionString);
}
