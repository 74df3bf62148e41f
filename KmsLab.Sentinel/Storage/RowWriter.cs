using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace KmsLab.Sentinel.Storage;

/// <summary>Inserts many rows a statement: a network round trip for each of ten thousand rows would take longer than the turn may.</summary>
internal static class RowWriter
{
    private const int ValuesPerStatement = 2000;

    /// <summary>SQLite has no round trips, and finds each parameter by going through the names of all: a few at a time are faster there.</summary>
    private const int ValuesPerSqliteStatement = 48;

    /// <summary>Inserts <paramref name="rows"/>.</summary>
    /// <param name="transaction">The turn's transaction.</param>
    /// <param name="into">Table and columns, such as <c>bucket (start_at, calls)</c>.</param>
    /// <param name="onConflict">What to do with rows that exist, or empty.</param>
    /// <param name="rows">Each with one value a column: long, string or byte[]. No two may have the same key.</param>
    /// <param name="cancellationToken">Gives up between statements.</param>
    /// <returns>The number of rows written.</returns>
    public static async Task<int> InsertAsync(
        DbTransaction transaction, string into, string onConflict, IEnumerable<object[]> rows, CancellationToken cancellationToken)
    {
        var written = 0;
        DbCommand? command = null;
        try
        {
            var most = transaction.Connection is SqliteConnection ? ValuesPerSqliteStatement : ValuesPerStatement;
            foreach (var chunk in Chunks(rows, most))
            {
                // All chunks but the last have one size, and so one statement, prepared once.
                var values = chunk.Count * chunk[0].Length;
                if (command?.Parameters.Count != values)
                {
                    if (command is not null)
                        await command.DisposeAsync();
                    command = Create(transaction, Statement(into, onConflict, chunk.Count, chunk[0].Length), values);
                }

                Fill(command, chunk);
                written += await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        finally
        {
            if (command is not null)
                await command.DisposeAsync();
        }

        return written;
    }

    private static IEnumerable<List<object[]>> Chunks(IEnumerable<object[]> rows, int most)
    {
        var chunk = new List<object[]>();
        foreach (var row in rows)
        {
            chunk.Add(row);
            if ((chunk.Count + 1) * row.Length <= most)
                continue;

            yield return chunk;
            chunk.Clear();
        }

        if (chunk.Count > 0)
            yield return chunk;
    }

    private static DbCommand Create(DbTransaction transaction, string statement, int values)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = statement;
        for (var index = 0; index < values; index++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{index}";
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static void Fill(DbCommand command, List<object[]> chunk)
    {
        var index = 0;
        foreach (var row in chunk)
        {
            foreach (var value in row)
                command.Parameters[index++].Value = value;
        }
    }

    private static string Statement(string into, string onConflict, int rows, int columns)
    {
        var statement = new StringBuilder("INSERT INTO ").Append(into).Append(" VALUES ");
        for (var parameter = 0; parameter < rows * columns; parameter++)
        {
            statement.Append(parameter % columns > 0 ? ", " : parameter > 0 ? "), (" : "(").Append("@p").Append(parameter);
        }

        return statement.Append(") ").Append(onConflict).ToString();
    }
}
