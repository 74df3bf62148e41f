using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

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
            await ExecuteAsync(database, "CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (7)");
        var readOnly = new ReadOnlyDatabase(test.ConnectionString, provider);

        (await SumAsync(readOnly)).ShouldBe(7);
        await Should.ThrowAsync<DbException>(() => readOnly.ReadAsync((connection, transaction) => connection.ExecuteAsync("INSERT INTO x VALUES (8)", transaction: transaction), Cancellation));
        (await SumAsync(readOnly)).ShouldBe(7);
    }

    [Fact]
    public async Task Read_only_database_takes_its_password_from_a_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["password"], """{"password":"s3cret"}""");
        var database = await cluster.CreateDatabaseAsync(); // Its server asks for none, and takes any.

        (await new ReadOnlyDatabase(database, DatabaseProvider.PostgreSql, folder["password"]).ReadAsync(
            (connection, transaction) => connection.ExecuteScalarAsync<long>("SELECT 1", transaction: transaction), Cancellation)).ShouldBe(1);
        await Should.ThrowAsync<Exception>(() => new ReadOnlyDatabase(database, DatabaseProvider.PostgreSql, folder["none"]).ReadAsync((_, _) => Task.FromResult(0), Cancellation));
        new ReadOnlyDatabase($"{database};Password=s3cret", DatabaseProvider.PostgreSql).ToString().ShouldNotContain("s3cret");
    }

    private static Task<long> SumAsync(ReadOnlyDatabase database) => database.ReadAsync(
        (connection, transaction) => connection.ExecuteScalarAsync<long>("SELECT SUM(a) FROM x", transaction: transaction), Cancellation);

    private static Task<int> ExecuteAsync(Database database, string sql) =>
        database.WriteAsync((connection, transaction) => connection.ExecuteAsync(sql, transaction: transaction), Cancellation);
}
