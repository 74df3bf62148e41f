using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Npgsql;

namespace KmsLab.Tests.ServiceDefaults;

public sealed class DatabaseTests(PostgresCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Database_commits_a_write_when_it_returns_and_rolls_back_one_that_throws(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);
        await using var database = test.Open();
        await database.ExecuteAsync("CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (7)");

        await Should.ThrowAsync<DbException>(() => database.ExecuteAsync("INSERT INTO x VALUES (8); INSERT INTO no_such_table VALUES (1)"));

        (await SumAsync(database)).ShouldBe(7);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Database_takes_writers_side_by_side(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);
        await using var database = test.Open();
        await database.ExecuteAsync("CREATE TABLE x (a BIGINT)");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => database.ExecuteAsync("INSERT INTO x VALUES (1)"))));

        (await SumAsync(database)).ShouldBe(20);
    }

    [Fact]
    public async Task Sqlite_syncs_every_commit()
    {
        await using var test = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var database = test.Open();

        for (var open = 0; open < 3; open++) // Pooled connections too.
        {
            var (journal, synchronous) = await database.ReadAsync(
                async c => (await c.ExecuteScalarAsync<string>("PRAGMA journal_mode"), await c.ExecuteScalarAsync<long>("PRAGMA synchronous")), Cancelled);

            journal.ShouldBe("wal");
            synchronous.ShouldBe(2); // FULL
        }
    }

    [Fact]
    public async Task Database_reads_and_repeats_writes_over_a_restart_of_the_server()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        var connectionString = await server.CreateDatabaseAsync();
        await using var database = new Database(DatabaseExtensions.CreateSource(connectionString, DatabaseProvider.PostgreSql), DatabaseProvider.PostgreSql);
        await database.ExecuteAsync("CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (1)");

        await server.KillAsync();
        await server.StartAsync();
        (await SumAsync(database)).ShouldBe(1);

        await server.KillAsync();
        await server.StartAsync();
        await database.ExecuteAsync("UPDATE x SET a = 2", repeatable: true);
        (await SumAsync(database)).ShouldBe(2);
    }

    [Fact]
    public async Task Database_repeats_only_what_failed_on_the_connection()
    {
        await using var test = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var database = test.Open();
        var attempts = 0;

        await Should.ThrowAsync<PostgresException>(() => database.WriteAsync(
            (c, t) =>
            {
                attempts++;
                return c.ExecuteAsync("SELECT 1 FROM no_such_table", transaction: t);
            },
            Cancelled,
            repeatable: true));

        attempts.ShouldBe(1);
    }

    private static Task<long> SumAsync(Database database) => database.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT CAST(sum(a) AS BIGINT) FROM x"), Cancelled);
}
