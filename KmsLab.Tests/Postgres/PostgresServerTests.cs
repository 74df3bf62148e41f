using Npgsql;

namespace KmsLab.Tests.Postgres;

public sealed class PostgresServerTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Cluster_gives_each_test_a_database_of_its_own()
    {
        var first = await cluster.CreateDatabaseAsync();
        var second = await cluster.CreateDatabaseAsync();

        await ExecuteAsync(first, "CREATE TABLE only_here (a BIGINT)");

        await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(second, "SELECT a FROM only_here"));
    }

    [Fact]
    public async Task Server_keeps_what_was_committed_when_killed_and_started_again()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        var database = await server.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE kept (a BIGINT); INSERT INTO kept VALUES (1)");

        await server.KillAsync();
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        await server.StartAsync();

        NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
        await ExecuteAsync(database, "SELECT a FROM kept");
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
