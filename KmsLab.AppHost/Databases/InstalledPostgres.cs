using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace KmsLab.AppHost.Databases;

/// <summary>The PostgreSQL server that is installed on this machine, as a resource of its own with its two databases.</summary>
internal sealed partial class InstalledPostgres : ILabDatabases
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly IDistributedApplicationBuilder _builder;
    private readonly IResourceBuilder<InstalledPostgresResource> _server;
    private readonly string _passwordFile;
    private readonly int _port = FreePorts.Take();

    public InstalledPostgres(IDistributedApplicationBuilder builder, DataDirectory data, PostgresInstallation installation)
    {
        _builder = builder;
        _passwordFile = data.PathOf(LabFiles.PostgresPassword);
        var cluster = new PostgresCluster(installation, data);
        var command = cluster.ServerCommand(_port);
        _server = builder.AddResource(new InstalledPostgresResource("postgres", command[0], Path.GetTempPath()))
            .WithArgs([.. command.Skip(1)])
            .WithEndpoint(_port, _port, scheme: "postgresql", name: "tcp", isProxied: false)
            .WithIconName("DatabaseLink")
            .WithHealthCheck("postgres")
            .ExcludeFromManifest()
            .OnBeforeResourceStarted(async (_, _, cancellationToken) =>
            {
                _ = Password();
                await cluster.PrepareAsync(cancellationToken);
            })
            .OnResourceReady((_, ready, cancellationToken) => CreateDatabasesAsync(ready.Services, cancellationToken));
        builder.Services.AddHealthChecks().AddAsyncCheck("postgres", CheckAsync, timeout: TimeSpan.FromSeconds(5));
    }

    public string Engine => "PostgreSql";

    public void Connect(IResourceBuilder<ProjectResource> service, string database)
    {
        var resource = DatabaseOf(database);
        service.WithEnvironment($"ConnectionStrings__{database}", ConnectionString(database))
            .WithEnvironment($"ConnectionStrings__{database}__PasswordFile", _passwordFile)
            .WithReferenceRelationship(resource)
            .WaitFor(resource);
    }

    private IResourceBuilder<InstalledPostgresDatabase> DatabaseOf(string database)
    {
        var name = DatabaseNames.ResourceOf(database);
        return _builder.Resources.OfType<InstalledPostgresDatabase>().FirstOrDefault(one => one.Name == name) is { } there
            ? _builder.CreateResourceBuilder(there)
            : _builder.AddResource(new InstalledPostgresDatabase(name, database, _server.Resource))
                .WithInitialState(new CustomResourceSnapshot
                {
                    ResourceType = "PostgreSQL database",
                    Properties = [],
                    State = KnownResourceStates.Waiting,
                })
                .WithIconName("Database")
                .ExcludeFromManifest();
    }

    private string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=localhost;Port={_port};Username={PostgresCluster.Owner};Database={database}");

    private string Password() => SecretFile.ReadOrCreate(_passwordFile, () => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)));

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection($"{ConnectionString("postgres")};Password={Password()};Pooling=false;Timeout=5");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception problem) when (problem is NpgsqlException or LabException)
        {
            return HealthCheckResult.Unhealthy(problem.Message);
        }
    }

    /// <summary>Makes what is missing, and lets who waits for a database go on: nothing else gives these resources a state.</summary>
    /// <remarks>
    /// It is asked for once a start, so a server that refuses for a moment is asked again: who waits would wait for ever.
    /// </remarks>
    private async Task CreateDatabasesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(_server.Resource);
        foreach (var resource in _builder.Resources.OfType<InstalledPostgresDatabase>())
        {
            while (!await TryCreateAsync(resource.Database, logger, cancellationToken))
                await Task.Delay(RetryDelay, TimeProvider.System, cancellationToken);
            await notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = KnownResourceStates.Running });
        }
    }

    private async Task<bool> TryCreateAsync(string database, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
            {
                Parameters = { new() { Value = database } },
            };
            if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
                return true;

            // template0: nobody can be connected to it, which would refuse the copy.
            await using var create = new NpgsqlCommand($"CREATE DATABASE {database} TEMPLATE template0", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException refused)
        {
            Log.Refused(logger, database, refused.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database {Database} can't be made yet, and will be tried again: {Reason}")]
        public static partial void Refused(ILogger logger, string database, string reason);
    }
}
