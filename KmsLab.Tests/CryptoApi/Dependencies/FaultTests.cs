using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi.Http;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Npgsql;

namespace KmsLab.Tests.CryptoApi.Dependencies;

/// <summary>Dependencies that are dead or slow, over the wire: callers get a 503 soon, and the service recovers by itself.</summary>
public sealed class FaultTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Read = """{"Name":"n","Key":"k"}""";

    [Fact]
    public async Task A_dead_kms_is_not_asked_by_every_request()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();
        var key = await api.EncryptAsync("n", "text");
        wire.Break("Decrypt");

        var answers = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => api.AskAsync(HttpMethod.Post, "/decrypt", Read)));
        answers.ShouldAllBe(answer => (int)answer.StatusCode == 503 && answer.Headers.RetryAfter != null);
        using var refused = await api.AskAsync(HttpMethod.Post, "/decrypt", Read);
        ((int)refused.StatusCode).ShouldBe(503);
        api.Logs.GetSnapshot().ShouldContain(line => line.Message.Contains("kms-circuit-open", StringComparison.Ordinal));

        wire.Mend("Decrypt");
        await EventuallyAsync(async () => (await api.DecryptAsync("n", key)).Status == 200);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_database_that_answers_too_late_is_503_and_stores_nothing()
    {
        var connectionString = await cluster.CreateDatabaseAsync();
        await using var database = TestDatabase.On($"{connectionString};Command Timeout=1");
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        await using (var other = new NpgsqlConnection(connectionString))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var locking = new NpgsqlCommand("LOCK TABLE records IN EXCLUSIVE MODE", other, transaction);
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            using var late = await api.AskAsync(HttpMethod.Post, "/encrypt", """{"Name":"n","Text":"t"}""");
            ((int)late.StatusCode).ShouldBe(503);
            late.Headers.RetryAfter.ShouldNotBeNull();
        }

        await api.EncryptAsync("n", "text");
    }

    /// <summary>No text leaves without the audit's row (docs/adr/0003-audit-without-a-round-trip.md).</summary>
    [Fact]
    public async Task A_read_only_database_gives_nothing_back()
    {
        var connectionString = await cluster.CreateDatabaseAsync();
        await using var database = TestDatabase.On(connectionString);
        string key;
        await using (var writable = await CryptoApiHost.StartAsync(database, aws.Host))
            key = await writable.EncryptAsync("n", "text");
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand(
                $"ALTER DATABASE {connection.Database} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (await api.DecryptAsync("n", key)).Status.ShouldBe(503);
        using var refused = await api.AskAsync(HttpMethod.Post, "/encrypt", """{"Name":"m","Text":"t"}""");
        ((int)refused.StatusCode).ShouldBe(503);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await isSo())
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
    }
}
