namespace KmsLab.AppHost.Databases;

/// <summary>The PostgreSQL server of this machine as a resource.</summary>
internal sealed class InstalledPostgresResource(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory);

/// <summary>A database of it.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="database">The database's name.</param>
/// <param name="parent">Its server.</param>
internal sealed class InstalledPostgresDatabase(string name, string database, InstalledPostgresResource parent)
    : Resource(name), IResourceWithParent<InstalledPostgresResource>
{
    public InstalledPostgresResource Parent { get; } = parent;

    /// <summary>The database's name.</summary>
    public string Database { get; } = database;
}
