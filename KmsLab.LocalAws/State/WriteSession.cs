using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KmsLab.LocalAws.State;

/// <summary>The writer's connection inside the current transaction, with its statements prepared once.</summary>
/// <remarks>
/// Every call of the endpoint passes through here, so what changes rows goes to SQLite itself: an ADO.NET command makes a reader for each execution,
/// which costs more than the statement. Queries, which are rare, stay with ADO.NET.
/// </remarks>
internal sealed class WriteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Prepared> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly sqlite3 _database = connection.Handle!;

    /// <summary>Set while a transaction is open.</summary>
    public SqliteTransaction? Transaction { get; set; }

    /// <summary>Runs a statement that returns no rows. Parameters are <c>$1</c>, <c>$2</c>, ... in order: null, string, long, int, bool, double, byte[].</summary>
    /// <returns>The number of rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> parameters)
    {
        var (statement, places) = Statement(sql, parameters.Length);
        for (var i = 0; i < parameters.Length; i++)
            Check(Bind(statement, places[i], parameters[i]));
        try
        {
            if (raw.sqlite3_step(statement) is var result and not (raw.SQLITE_DONE or raw.SQLITE_ROW))
                SqliteException.ThrowExceptionForRC(result, _database);
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            // The result of reset repeats that of step. Bound text and blobs are let go: key material may be among them.
            _ = raw.sqlite3_reset(statement);
            _ = raw.sqlite3_clear_bindings(statement);
        }
    }

    /// <summary>Runs an insert and returns the new row's id.</summary>
    public long Insert(string sql, params ReadOnlySpan<object?> parameters)
    {
        Execute(sql, parameters);
        return raw.sqlite3_last_insert_rowid(_database);
    }

    /// <summary>Runs a query and returns the first column of its first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> parameters) => Command(sql, parameters).ExecuteScalar();

    /// <summary>Runs a query inside the transaction, so that it sees the writes before it.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> parameters)
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var prepared in _statements.Values)
            prepared.Statement.Dispose();
        foreach (var command in _commands.Values)
            command.Dispose();
    }

    private Prepared Statement(string sql, int parameters)
    {
        if (_statements.TryGetValue(sql, out var prepared))
            return prepared;

        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        // SQLite counts parameters in the order in which the text has them, not by the number in their name.
        prepared = new(statement, [.. Enumerable.Range(1, parameters).Select(number => raw.sqlite3_bind_parameter_index(statement, $"${number}"))]);
        _statements.Add(sql, prepared);
        return prepared;
    }

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        string text => raw.sqlite3_bind_text(statement, index, text),
        byte[] blob => raw.sqlite3_bind_blob(statement, index, blob),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, index, number),
        _ => throw new NotSupportedException($"A parameter of type {value.GetType().Name} can't be bound."),
    };

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _database);
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> parameters)
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

    /// <summary>A statement, and the place of <c>$1</c>, <c>$2</c>, ... in it.</summary>
    private readonly record struct Prepared(sqlite3_stmt Statement, int[] Places);
}
