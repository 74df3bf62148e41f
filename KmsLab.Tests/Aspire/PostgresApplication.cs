using KmsLab.AppHost.Databases;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// The application on the PostgreSQL server of this machine, started once for all tests that use it.
/// </summary>
public sealed class PostgresApplication : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private LabCluster? _cluster;
    private AspireApplication? _application;

    /// <summary>The application. The test skips, or fails in strict mode, without a PostgreSQL server on the machine.</summary>
    internal AspireApplication Application
    {
        get
        {
            Strict.Require(_application is not null, PostgresInstallation.Find().Reason);
            return _application!;
        }
    }

    /// <summary>Its database.</summary>
    internal LabCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
    {
        if (PostgresInstallation.Find().Found is null)
            return;

        _cluster = new(_data);
        _application = await AspireApplication.StartAsync(_data, "postgres");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
        _cluster?.Dispose();
        _data.Dispose();
    }
}

/// <summary>Tests that share the application, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresApplicationTests : ICollectionFixture<PostgresApplication>
{
    public const string Name = "Application on PostgreSQL";
}
