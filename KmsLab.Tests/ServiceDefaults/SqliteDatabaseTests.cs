using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Tests.ServiceDefaults;

public sealed class SqliteDatabaseTests
{
    [Fact]
    public async Task Database_commits_a_write_when_it_returns()
    {
        var path = Path.Combine(Path.GetTempPath(), $"kmslab-{Guid.NewGuid():N}.db");
        try
        {
            await using var database = new Database(DatabaseExtensions.CreateSource($"Data Source={path}", DatabaseProvider.Sqlite), DatabaseProvider.Sqlite);
            await database.WriteAsync((c, t) => c.ExecuteAsync("CREATE TABLE x (a BIGINT); INSERT INTO x VALUES (7)", transaction: t), TestContext.Current.CancellationToken);

            var read = await database.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT a FROM x"), TestContext.Current.CancellationToken);

            read.ShouldBe(7);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
