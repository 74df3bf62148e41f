namespace KmsLab.AppHost.Databases;

/// <summary>The databases of the lab's services.</summary>
internal interface ILabDatabases
{
    /// <summary>The engine's name in a service's settings: <c>PostgreSql</c> or <c>Sqlite</c>.</summary>
    string Engine { get; }

    /// <summary>Tells a service where a database is, without its password, and lets it wait for it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="database">The connection string's and the database's name: <see cref="DatabaseNames"/>.</param>
    void Connect(IResourceBuilder<ProjectResource> service, string database);
}
