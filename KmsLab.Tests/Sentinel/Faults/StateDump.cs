using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KmsLab.Tests.Sentinel.Faults;

/// <summary>What a Sentinel's SQLite file holds, to be compared or looked into while another process writes it.</summary>
internal sealed class StateDump(string path) : IDisposable
{
    /// <summary>All that the outcome of a replay consists of. The lease is not: it says how often somebody began.</summary>
    private static readonly string[] Tables =
    [
        "SELECT s.key_arn, s.principal, s.operation, s.outcome, s.service, b.start_at, b.size, b.calls FROM bucket b JOIN series s ON s.id = b.series_id",
        "SELECT * FROM counter",
        "SELECT * FROM alarm",
        "SELECT * FROM detection_count",
        "SELECT * FROM detection_group",
        "SELECT * FROM source_cursor",
        "SELECT * FROM file_position",
        "SELECT hex(id), expires_at FROM seen_record",
        "SELECT payload FROM alarm_history",
        "SELECT * FROM key_use",
        "SELECT * FROM key_principal",
    ];

    private readonly SqliteConnection _connection = Open(path);

    /// <summary>Every row of the state as a line, in a fixed order.</summary>
    public IReadOnlyList<string> Lines() => [.. Tables.SelectMany(sql => Rows(sql).Select(row => $"{sql.Split("FROM ")[1]}: {string.Join(" | ", row)}").Order(StringComparer.Ordinal))];

    public long Counter(string name) => Rows($"SELECT value FROM counter WHERE name = '{name}'").Select(row => long.Parse(row[0], CultureInfo.InvariantCulture)).SingleOrDefault();

    public IEnumerable<string[]> Rows(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return [.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!)];
    }

    public void Dispose() => _connection.Dispose();

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=false");
        connection.Open();
        return connection;
    }
}
