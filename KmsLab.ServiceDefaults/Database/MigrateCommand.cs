using System.CommandLine;
using System.Data.Common;
using System.Reflection;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>
/// The command <c>migrate</c>: brings the database to the schema of this version, as its owner, and makes the user that the service logs in with. In the
/// cloud it runs once before a service is deployed, in a task that has the owner's password; the service never has it.
/// </summary>
public static class MigrateCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "migrate";

    /// <summary>The option that names the service's user.</summary>
    public const string UserOption = "--user";

    /// <summary>The environment variable with the password of the service's user: ECS hands secrets over so.</summary>
    public const string PasswordVariable = "MIGRATE_USER_PASSWORD";

    /// <summary>Makes the command for a service's command line.</summary>
    /// <param name="section">The service's configuration section.</param>
    /// <param name="connection">The connection string's name, such as <c>vault</c>.</param>
    /// <param name="providerKey">The setting that names the engine.</param>
    /// <param name="migrations">The assembly that embeds the migration scripts.</param>
    public static Command Create(string section, string connection, string providerKey, Assembly migrations)
    {
        var user = new Option<string?>(UserOption)
        {
            Description = "The user that the service logs in with: it is made, or given its password, and may read and write rows only.",
            HelpName = "NAME",
        };
        var passwordFile = new Option<string?>("--password-file")
        {
            Description = $"The file with that user's password, in place of the environment variable {PasswordVariable}.",
            HelpName = "FILE",
        };
        var config = new Option<string?>("--config") { Description = "A JSON file with settings in their sections. It counts above environment variables.", HelpName = "FILE" };
        var description = $"Bring the database of ConnectionStrings:{connection} to this version's schema, as its owner, without starting {section}. Exit code: 0 when it is.";
        var command = new Command(Name, description) { user, passwordFile, config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var configuration = ServiceProgram.CreateBuilder(new([], parsed.GetValue(config))).Configuration;
                var named = UserOf(parsed.GetValue(user), parsed.GetValue(passwordFile));
                await RunAsync(configuration, connection, providerKey, migrations, named, cancellationToken);
                return 0;
            }
            catch (Exception problem) when (problem is InvalidOperationException or DbException or IOException or UnauthorizedAccessException or InvalidDataException
                or CommandLineException or SettingsException)
            {
                await Console.Error.WriteLineAsync($"{section} {Name}: {StartupProblem.Describe(problem, section, null)}");
                return 1;
            }
        });
        return command;
    }

    private static DatabaseUser? UserOf(string? name, string? passwordFile)
    {
        if (name is null)
            return passwordFile is null ? null : throw new InvalidOperationException($"--password-file is of the user that {UserOption} names, and there is none.");
        var password = passwordFile is null ? Environment.GetEnvironmentVariable(PasswordVariable) : PasswordFile.Read(passwordFile);
        return string.IsNullOrEmpty(password)
            ? throw new InvalidOperationException($"{UserOption} {name} has no password: set {PasswordVariable}, or give --password-file.")
            : new(name, password);
    }

    private static async Task RunAsync(
        ConfigurationManager configuration, string connection, string providerKey, Assembly migrations, DatabaseUser? user, CancellationToken cancellationToken)
    {
        var provider = configuration.GetDatabaseProvider(providerKey);
        if (user is not null && provider != DatabaseProvider.PostgreSql)
            throw new InvalidOperationException($"{UserOption} is for PostgreSQL: {provider} has no users.");
        var text = configuration.GetConnectionString(connection) is { Length: > 0 } found
            ? PasswordFile.Apply(found, configuration[$"ConnectionStrings:{connection}:PasswordFile"])
            : throw new InvalidOperationException($"ConnectionStrings:{connection} is not set. Set it as the environment variable ConnectionStrings__{connection}: the owner's.");

        var migrator = new DatabaseMigrator(connection, text, provider, migrations);
        var ran = await MigrateAsync(migrator, text, user, cancellationToken);
        foreach (var script in ran)
            Console.Out.WriteLine($"ran {script}");
        Console.Out.WriteLine(ran.Count == 0 ? $"The database {connection} was at this version's schema already." : $"The database {connection} is at this version's schema.");
        if (user is not null)
            Console.Out.WriteLine($"The user {user.Name} has its password and its rights.");
    }

    /// <summary>Migrates; a database that is not there is made first.</summary>
    private static async Task<IReadOnlyList<string>> MigrateAsync(
        DatabaseMigrator migrator, string connectionString, DatabaseUser? user, CancellationToken cancellationToken)
    {
        try
        {
            return await migrator.MigrateAsync(user, cancellationToken);
        }
        catch (InvalidOperationException missing) when (missing.InnerException is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName })
        {
            await CreateDatabaseAsync(new NpgsqlConnectionStringBuilder(connectionString), cancellationToken);
            return await migrator.MigrateAsync(user, cancellationToken);
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder wanted, CancellationToken cancellationToken)
    {
        var name = wanted.Database ?? throw new InvalidOperationException("The connection string names no database.");
        (wanted.Database, wanted.Pooling) = ("postgres", false);
        await using var connection = new NpgsqlConnection(wanted.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        Console.Out.WriteLine($"made the database {name}");
    }
}
