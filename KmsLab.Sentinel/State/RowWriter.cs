using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace KmsLab.Sentinel.State;

/// <summary>
/// Inserts many rows. Over a network many a statement: a round trip for each of ten thousand rows would take longer than the turn may. Into SQLite, which has
/// no round trips, row by row with one prepared statement: it looks for each parameter by its name among all of them.
/// </summary>
internal static class RowWriter
{
    private const int ValuesPerStatement = 2000;

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
        var (written, isLocal) = (0, transaction.Connection is SqliteConnection);
        DbCommand? command = null;
        foreach (var chunk in Chunks(rows, isLocal ? 1 : ValuesPerStatement))
        {
            if (command is null || !isLocal)
            {
                if (command is not null)
                    await command.DisposeAsync();
                command = Command(transaction, Statement(into, onConflict, chunk.Count, chunk[0].Length), chunk.Count * chunk[0].Length);
            }

            for (var value = 0; value < command.Parameters.Count; value++)
                command.Parameters[value].Value = chunk[value / chunk[0].Length][value % chunk[0].Length];
            written += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (command is not null)
            await command.DisposeAsync();
        return written;
    }

    private static DbCommand Command(DbTransaction transaction, string statement, int values)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = statement;
        for (var value = 0; value < values; value++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{value}";
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static IEnumerable<List<object[]>> Chunks(IEnumerable<object[]> rows, int values)
    {
        var chunk = new List<object[]>();
        foreach (var row in rows)
        {
            chunk.Add(row);
            if (chunk.Count * row.Length < values)
                continue;

            yield return chunk;
            chunk = [];
        }

        if (chunk.Count > 0)
            yield return chunk;
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
