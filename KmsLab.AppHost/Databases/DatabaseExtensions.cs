using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>Adds the chosen database to the model and connects services to it.</summary>
internal static class DatabaseExtensions
{
    /// <summary>Adds what the choice needs.</summary>
    public static ILabDatabases AddDatabases(this IDistributedApplicationBuilder builder, DataDirectory data, LabDatabase database) => database switch
    {
        LabDatabase.Container => new ContainerPostgres(builder, data),
        LabDatabase.Postgres => new InstalledPostgres(builder, data, PostgresInstallation.Find(DatabaseRecord.Read(data)?.Major).Found!),
        _ => new SqliteFiles(data),
    };

    /// <summary>Connects a service to a database.</summary>
    /// <param name="service">The service.</param>
    /// <param name="databases">The databases.</param>
    /// <param name="database">Which: <see cref="DatabaseNames"/>.</param>
    /// <param name="section">The service's configuration section.</param>
    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> service, ILabDatabases databases, string database, string section)
    {
        service.WithEnvironment($"{section}__Database", databases.Engine);
        databases.Connect(service, database);
        return service;
    }
}
