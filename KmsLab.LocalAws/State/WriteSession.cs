using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.State;

/// <summary>The writer's connection inside the current transaction, with its statements prepared once.</summary>
internal sealed class WriteSession(SqliteConnection connection)
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Set while a transaction is open.</summary>
    public SqliteTransaction? Transaction { get; set; }

    /// <summary>Runs a statement. Parameters are <c>$1</c>, <c>$2</c>, ... in order: null, string, long, int, bool, byte[].</summary>
    /// <returns>The number of rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteNonQuery();

    /// <summary>Runs a statement and returns the first column of its first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteScalar();

    /// <summary>Runs an insert and returns the new row's id.</summary>
    public long Insert(string sql, params ReadOnlySpan<object?> parameters)
    {
        Execute(sql, parameters);
        return SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    /// <summary>Runs a query inside the transaction, so that it sees the writes before it.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < parameters.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = parameters[i] ?? DBNull.Value;
        command.Transaction = Transaction;
        return command;
    }
}
