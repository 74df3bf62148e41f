using System.Data.Common;
using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Brings a database to the schema of the running code, before anything else of the service starts.</summary>
/// <param name="name">The connection string's name, for error messages.</param>
/// <param name="connectionString">The connection string.</param>
/// <param name="provider">The engine.</param>
/// <param name="migrations">The assembly whose embedded <c>*.sql</c> resources are run in name order, each once and in a transaction of its own.</param>
/// <remarks>
/// DbUp is not safe with two starters at once on PostgreSQL, so they take turns (<see cref="MigrationTurn"/>). A server that is still
/// starting is waited for, up to a minute. A user that may not change tables finds them as they must be, or the start ends with what to do.
/// </remarks>
public sealed class DatabaseMigrator(string name, string connectionString, DatabaseProvider provider, Assembly migrations) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Migrates.</summary>
    /// <exception cref="InvalidOperationException">The database can't be reached or a script failed; the message says what to change.</exception>
    public Task StartingAsync(CancellationToken cancellationToken) => MigrateAsync(null, cancellationToken);

    /// <summary>Migrates, and gives the service's own user its password and its rights.</summary>
    /// <returns>The scripts that were run, in order.</returns>
    /// <exception cref="InvalidOperationException">The database can't be reached or a script failed; the message says what to change.</exception>
    internal async Task<IReadOnlyList<string>> MigrateAsync(DatabaseUser? user, CancellationToken cancellationToken)
    {
        try
        {
            await using var turn = await WaitForTurnAsync(cancellationToken);
            if (user is not null)
                await user.MakeAsync(connectionString, Program, cancellationToken);
            var ran = await Task.Run(Migrate, cancellationToken);
            if (user is not null)
                await user.GrantAsync(connectionString, cancellationToken);
            return ran;
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

    private string Program => migrations.GetName().Name!;

    private IReadOnlyList<string> Migrate()
    {
        var engine = Engine()
            .WithScriptsEmbeddedInAssembly(migrations, resource => resource.EndsWith(".sql", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogToNowhere()
            .Build();
        var pending = engine.GetScriptsToExecute();
        if (pending.Count == 0)
            return [];
        if (!MayChangeTables())
            throw Behind(pending);

        var result = engine.PerformUpgrade();
        return result switch
        {
            { Successful: true } => [.. result.Scripts.Select(script => script.Name)],
            { Error: PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } } => throw Behind(engine.GetScriptsToExecute(), result.Error),
            _ => throw new InvalidOperationException($"The database of ConnectionStrings:{name} could not be migrated: {Failing(result)} failed: {result.Error.Message}", result.Error),
        };
    }

    /// <summary>PostgreSQL's user may create tables. A service's own user may not.</summary>
    private bool MayChangeTables()
    {
        if (provider != DatabaseProvider.PostgreSql)
            return true;

        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)", connection);
        return (bool)command.ExecuteScalar()!;
    }

    private InvalidOperationException Behind(List<SqlScript> pending, Exception? why = null) => new(
        $"The database of ConnectionStrings:{name} lacks {pending.Count} of this version's migrations, the first of them {pending[0].Name}, and the user "
        + $"{new NpgsqlConnectionStringBuilder(connectionString).Username} may not change its tables. Run '{Program} {MigrateCommand.Name}' as the database's owner first "
        + "(in AWS, aws/deploy.sh or aws/migrate.sh does).",
        why);

    private static string Failing(DatabaseUpgradeResult result) => result.ErrorScript?.Name ?? "the connection";

    private UpgradeEngineBuilder Engine() => provider == DatabaseProvider.PostgreSql
        ? DeployChanges.To.PostgresqlDatabase(connectionString)
        : DeployChanges.To.SqliteDatabase(connectionString);
}
