using KmsLab.AppHost.Data;
using KmsLab.AppHost.Services;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost.Databases;

/// <summary>Adds the chosen database to the model and connects services to it.</summary>
internal static class DatabaseExtensions
{
    /// <summary>Adds what the choice needs.</summary>
    public static ILabDatabases AddDatabases(
        this IDistributedApplicationBuilder builder, DataDirectory data, LabDatabase database) =>
        database switch
        {
            LabDatabase.Container => new ContainerPostgres(builder, data),
            LabDatabase.Postgres => new InstalledPostgres(
                builder, data, PostgresInstallation.Find(DatabaseRecord.Read(data)?.Major).Found!),
            _ => new SqliteFiles(data),
        };

    /// <summary>Connects a service to a database: the user's own where <c>ConnectionStrings:NAME</c> names one, else the lab's.</summary>
    /// <param name="service">The service.</param>
    /// <param name="databases">The lab's databases.</param>
    /// <param name="database">Which: <see cref="DatabaseNames"/>.</param>
    /// <param name="section">The service's configuration section.</param>
    /// <param name="settings">What the lab is told.</param>
    /// <exception cref="LabException">An engine is named, and no database that it is the engine of.</exception>
    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> service, ILabDatabases databases, string database, string section, LabSettings settings)
    {
        var connection = $"ConnectionStrings:{database}";
        if (settings[connection] is not null)
            return service.WithSettings(settings.Of(connection));
        if (settings[$"{section}:Database"] is not null)
        {
            throw new LabException($"{section}:Database is the engine of a database of your own, so it goes with {connection}. "
                + "The lab's databases are chosen with --Lab:Database.");
        }

        service.WithEnvironment($"{section}__Database", databases.Engine);
        databases.Connect(service, database);
        return service;
    }
}
