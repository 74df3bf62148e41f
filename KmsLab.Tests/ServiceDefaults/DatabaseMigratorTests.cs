using Dapper;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>Runs the scripts embedded in this assembly from the folder <c>Migrations</c>.</summary>
public sealed class DatabaseMigratorTests(PostgresCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Migrator_runs_each_script_once_when_four_start_together(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrator(test).StartingAsync(Cancelled))));
        await Migrator(test).StartingAsync(Cancelled);

        await using var database = test.Open();
        (await database.ReadAsync(c => c.QueryAsync<string>("SELECT step FROM steps ORDER BY step"), Cancelled)).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task Migrator_waits_for_a_server_that_is_still_starting()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        var connectionString = await server.CreateDatabaseAsync();
        await server.KillAsync();

        var migration = new DatabaseMigrator("x", connectionString, DatabaseProvider.PostgreSql, typeof(DatabaseMigratorTests).Assembly).StartingAsync(Cancelled);
        migration.IsCompleted.ShouldBeFalse();
        await server.StartAsync();

        await migration;
    }

    [Fact]
    public async Task Migrator_says_which_setting_to_change_when_the_folder_is_missing()
    {
        var migrator = new DatabaseMigrator("vault", "Data Source=/no/such/folder/vault.db", DatabaseProvider.Sqlite, typeof(DatabaseMigratorTests).Assembly);

        var problem = await Should.ThrowAsync<InvalidOperationException>(() => migrator.StartingAsync(Cancelled));

        problem.Message.ShouldContain("ConnectionStrings:vault");
        problem.Message.ShouldContain("/no/such/folder");
    }

    private static DatabaseMigrator Migrator(TestDatabase test) => new("x", test.ConnectionString, test.Provider, typeof(DatabaseMigratorTests).Assembly);
}
