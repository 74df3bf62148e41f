using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Npgsql;

namespace KmsLab.Tests.ServiceDefaults;

public sealed class ReadOnlyDatabaseTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Read_only_database_is_read_and_never_written(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);
        await using (var database = test.Open())
            await database.ExecuteAsync("CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (7)");
        var readOnly = new ReadOnlyDatabase(test.ConnectionString, provider);

        (await SumAsync(readOnly)).ShouldBe(7);
        await Should.ThrowAsync<DbException>(() => readOnly.ReadAsync(
            (connection, transaction) => connection.ExecuteAsync("INSERT INTO x VALUES (8)", transaction: transaction), Cancellation));
        (await SumAsync(readOnly)).ShouldBe(7);
    }

    [Fact]
    public async Task Read_only_database_takes_its_password_from_a_file()
    {
        using var folder = new TempFolder();
        await using var server = await PostgresCluster.StartServerAsync();
        var admin = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync());
        await using var database = TestDatabase.On(admin.ToString()).Open();
        await database.ExecuteAsync("CREATE ROLE reader LOGIN PASSWORD 's3cret'; CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (7)");
        await database.ExecuteAsync("GRANT SELECT ON x TO reader");
        var access = Path.Combine(admin.Host!, "pg_hba.conf");
        await File.WriteAllTextAsync(access, "local all reader scram-sha-256\nlocal all all trust\n", Cancellation);
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        admin.Username = "reader";
        await File.WriteAllTextAsync(folder["password"], """{"password":"s3cret"}""", Cancellation);
        await File.WriteAllTextAsync(folder["wrong"], "another", Cancellation);

        (await SumAsync(new(admin.ToString(), DatabaseProvider.PostgreSql, folder["password"]))).ShouldBe(7);
        await Should.ThrowAsync<PostgresException>(() => SumAsync(new(admin.ToString(), DatabaseProvider.PostgreSql, folder["wrong"])));
        await Should.ThrowAsync<IOException>(() => SumAsync(new(admin.ToString(), DatabaseProvider.PostgreSql, folder["none"])));
    }

    [Fact]
    public void Read_only_database_never_prints_its_password() =>
        new ReadOnlyDatabase("Host=localhost;Password=s3cret", DatabaseProvider.PostgreSql).ToString().ShouldBe("PostgreSql database");

    private static Task<long> SumAsync(ReadOnlyDatabase database) => database.ReadAsync(
        (connection, transaction) => connection.ExecuteScalarAsync<long>("SELECT SUM(a) FROM x", transaction: transaction), Cancellation);
}
