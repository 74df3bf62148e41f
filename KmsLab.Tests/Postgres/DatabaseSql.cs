using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Tests.Postgres;

/// <summary>Runs a test's own statements.</summary>
internal static class DatabaseSql
{
    /// <summary>Runs statements in a transaction of their own.</summary>
    public static Task<int> ExecuteAsync(this Database database, string sql, bool repeatable = false) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(sql, transaction: transaction),
        TestContext.Current.CancellationToken,
        repeatable);
}
