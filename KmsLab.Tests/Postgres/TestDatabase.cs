using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Tests.Postgres;

/// <summary>An empty database for one test, on either engine; gone afterwards.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string? _directory;

    private TestDatabase(DatabaseProvider provider, string connectionString, string? directory) =>
        (Provider, ConnectionString, _directory) = (provider, connectionString, directory);

    public DatabaseProvider Provider { get; }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(DatabaseProvider provider, PostgresCluster cluster)
    {
        if (provider == DatabaseProvider.PostgreSql)
            return new(provider, await cluster.CreateDatabaseAsync(), null);

        var directory = Directory.CreateTempSubdirectory("kmslab-db-").FullName;
        return new(provider, $"Data Source={Path.Combine(directory, "test.db")}", directory);
    }

    /// <summary>A database that the test made itself, on a server of its own.</summary>
    public static TestDatabase On(string postgres) => new(DatabaseProvider.PostgreSql, postgres, null);

    /// <summary>A SQLite file in a folder of the test's own.</summary>
    public static TestDatabase In(string folder) => new(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "test.db")}", null);

    /// <summary>Opens it; the caller disposes what comes back before this.</summary>
    public Database Open() => new(DatabaseExtensions.CreateSource(ConnectionString, Provider), Provider);

    public ValueTask DisposeAsync()
    {
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
