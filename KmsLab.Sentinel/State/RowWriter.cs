using System.Data.Common;
using System.Text;

namespace KmsLab.Sentinel.State;

/// <summary>Inserts many rows a statement: a network round trip for each of ten thousand rows would take longer than the turn may.</summary>
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
        var written = 0;
        foreach (var chunk in Chunks(rows))
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = Statement(into, onConflict, chunk.Count, chunk[0].Length);
            foreach (var value in chunk.SelectMany(row => row))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{command.Parameters.Count}";
                parameter.Value = value;
                command.Parameters.Add(parameter);
            }

            written += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return written;
    }

    private static IEnumerable<List<object[]>> Chunks(IEnumerable<object[]> rows)
    {
        var chunk = new List<object[]>();
        foreach (var row in rows)
        {
            chunk.Add(row);
            if (chunk.Count * row.Length < ValuesPerStatement)
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
