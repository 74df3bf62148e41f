using DuckDB.NET.Data;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>DuckDB at the same group-by, on as many threads.</summary>
/// <param name="hasColumns">Whether it is told the columns and their types, or finds them out.</param>
internal sealed class DuckDbContender(bool hasColumns) : IContender, IDisposable
{
    /// <summary>The columns that the query needs, and no others.</summary>
    private const string Columns =
        "columns = {eventTime: 'VARCHAR', eventSource: 'VARCHAR', eventName: 'VARCHAR', errorCode: 'VARCHAR', "
        + "userIdentity: 'STRUCT(arn VARCHAR, invokedBy VARCHAR, sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR)))', "
        + "resources: 'STRUCT(ARN VARCHAR)[]'}";

    private readonly DuckDBConnection _connection = Open();

    public long Count(string path)
    {
        var files = $"'{FilesOf(path)}', format = 'newline_delimited'";
        var read = hasColumns ? $"read_json({files}, {Columns})" : $"read_json_auto({files})";
        Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE counted AS
            SELECT resources[1].ARN AS key, coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
                eventName AS operation, coalesce(errorCode, 'Success') AS outcome,
                {(hasColumns ? "userIdentity.invokedBy" : "CAST(NULL AS VARCHAR)")} AS service,
                {(hasColumns ? "left(eventTime, 16)" : "strftime(eventTime, '%Y-%m-%dT%H:%M')")} AS minute,
                count(*) AS calls
            FROM {read}
            WHERE eventSource = 'kms.amazonaws.com'
            GROUP BY ALL
            """);
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT CAST(sum(calls) AS BIGINT) FROM counted";
        return (long)command.ExecuteScalar()!;
    }

    public IEnumerable<string> Groups()
    {
        using var command = _connection.CreateCommand();
        command.CommandText =
            "SELECT concat_ws('|', coalesce(key, ''), principal, operation, outcome, coalesce(service, ''), minute, calls) FROM counted";
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return rows.GetString(0);
    }

    public void Dispose() => _connection.Dispose();

    private static string FilesOf(string path) => Directory.Exists(path) ? Path.Combine(path, "*.jsonl.gz") : path;

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SET threads = {Environment.ProcessorCount}; SET preserve_insertion_order = false";
        command.ExecuteNonQuery();
        return connection;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
