using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>SQLite files in the data directory.</summary>
internal sealed class SqliteFiles(DataDirectory data) : ILabDatabases
{
    public string Engine => "Sqlite";

    public void Connect(IResourceBuilder<ProjectResource> service, string database)
    {
        var file = data.PathOf(database == DatabaseNames.Vault ? LabFiles.Vault : LabFiles.Sentinel);
        service.WithEnvironment($"ConnectionStrings__{database}", $"Data Source={file}");
    }
}
