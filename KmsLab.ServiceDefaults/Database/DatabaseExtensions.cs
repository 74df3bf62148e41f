using System.Data.Common;
using System.Reflection;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Registers a service's database.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Waiting is bounded. Statements that come again are prepared by themselves: the server then plans them once a connection, not once a request. No
    /// statement here leaves anything behind in its session, so nothing has to be reset between two users of a connection.
    /// </summary>
    private const string PostgresDefaults = "Timeout=5;Command Timeout=10;Max Auto Prepare=64;Auto Prepare Min Usages=2;No Reset On Close=true";

    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds <see cref="Database"/> on the connection string <c>ConnectionStrings:{name}</c>, its migrations (embedded <c>*.sql</c> resources of
    /// <paramref name="migrations"/>, in name order, run before the service listens) and its health check.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">The connection string's name, such as <c>vault</c>.</param>
    /// <param name="providerKey">The setting that names the engine, such as <c>CryptoApi:Database</c>.</param>
    /// <param name="migrations">The assembly that embeds the migration scripts.</param>
    public static IHostApplicationBuilder AddDatabase(this IHostApplicationBuilder builder, string name, string providerKey, Assembly migrations)
    {
        builder.Services.AddDatabaseSetting(providerKey);
        if (builder.Configuration.GetConnectionString(name) is not { Length: > 0 } connectionString)
        {
            builder.Services.AddSingleton(new MissingSetting(
                $"ConnectionStrings:{name} is not set. Set it in configuration or as the environment variable ConnectionStrings__{name}."));
            return builder;
        }

        var provider = Enum.TryParse<DatabaseProvider>(builder.Configuration[providerKey], ignoreCase: true, out var named) ? named : DatabaseProvider.PostgreSql;
        var passwordFile = builder.Configuration[$"ConnectionStrings:{name}:PasswordFile"] is { Length: > 0 } file ? file : null;

        builder.Services.AddSingleton(services => new Database(CreateSource(connectionString, provider, passwordFile), provider, services.GetService<TimeProvider>()));
        builder.Services.AddHostedService(_ => new DatabaseMigrator(name, PasswordFile.Apply(connectionString, passwordFile), provider, migrations));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, services => new DatabaseHealthCheck(services.GetRequiredService<Database>()), HealthStatus.Unhealthy, ["ready"], HealthCheckTimeout));
        return builder;
    }

    /// <summary>Makes known the setting that names a database's engine.</summary>
    public static IServiceCollection AddDatabaseSetting(this IServiceCollection services, string providerKey) => services.AddSetting<DatabaseProvider>(
        providerKey, "The database's engine; `ConnectionStrings` says where it is.", DatabaseProvider.PostgreSql);

    /// <summary>The engine that a service's configuration names in <paramref name="key"/>; PostgreSQL if it names none.</summary>
    /// <exception cref="InvalidOperationException">It names one that there isn't.</exception>
    public static DatabaseProvider GetDatabaseProvider(this IConfiguration configuration, string key) => configuration[key] switch
    {
        null or "" => DatabaseProvider.PostgreSql,
        { } value when Enum.TryParse<DatabaseProvider>(value, ignoreCase: true, out var provider) && Enum.IsDefined(provider) => provider,
        { } value => throw new InvalidOperationException($"{key} is '{value}': set it to Sqlite or PostgreSql."),
    };

    /// <summary>Makes the data source for a SQLite file whose content can be made again: a kill loses nothing, a power cut may lose the last commits.</summary>
    public static DbDataSource CreateScratchSource(string connectionString) => new SqliteDataSource(new SqliteConnectionStringBuilder(connectionString).ToString(), isScratch: true);

    /// <summary>Makes the data source for <paramref name="connectionString"/>.</summary>
    /// <remarks>Waiting is bounded: 5 s for a connection and 10 s for a statement; statements are prepared. The connection string may say otherwise.</remarks>
    public static DbDataSource CreateSource(string connectionString, DatabaseProvider provider, string? passwordFile = null) => provider switch
    {
        DatabaseProvider.Sqlite => new SqliteDataSource(new SqliteConnectionStringBuilder(connectionString).ToString()),
        DatabaseProvider.PostgreSql => CreatePostgres($"{PostgresDefaults};{connectionString}", passwordFile), // The last of two wins.
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "Use Sqlite or PostgreSql."),
    };

    private static NpgsqlDataSource CreatePostgres(string connectionString, string? passwordFile)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        if (passwordFile is not null)
            builder.UsePasswordProvider(_ => PasswordFile.Read(passwordFile), (_, _) => new(PasswordFile.Read(passwordFile)));
        return builder.Build();
    }
}
