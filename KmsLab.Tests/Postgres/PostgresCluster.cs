using KmsLab.Tests.Postgres;
using PostgresInstallation = KmsLab.AppHost.Databases.PostgresInstallation;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace KmsLab.Tests.Postgres;

/// <summary>
/// One private PostgreSQL server for all tests of a run, started when the first test asks. Take it as a constructor argument.
/// Without a server on the machine those tests skip with the reason; with <c>KMSLAB_STRICT=1</c> they fail.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync(Installation()));

    /// <summary>Creates an empty database for one test.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var server = await _server.Value;
        return await server.CreateDatabaseAsync();
    }

    /// <summary>A server of the test's own, to kill and start again. The test disposes it.</summary>
    internal static Task<PostgresServer> StartServerAsync(string? parent = null) => PostgresServer.StartAsync(Installation(), parent);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
            await (await _server.Value).DisposeAsync();
    }

    private static PostgresInstallation Installation()
    {
        var (found, reason) = PostgresInstallation.Find();
        if (found is null && Environment.GetEnvironmentVariable("KMSLAB_STRICT") != "1")
            Assert.Skip($"PostgreSQL: {reason}.");
        return found ?? throw new InvalidOperationException($"KMSLAB_STRICT=1 and {reason}. Install PostgreSQL's server.");
    }
}
