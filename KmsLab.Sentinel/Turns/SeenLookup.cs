using System.Data.Common;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Storage;
using Microsoft.Data.Sqlite;

namespace KmsLab.Sentinel.Turns;

/// <summary>Looks up which ids have been counted.</summary>
/// <remarks>By hand and not through Dapper: it runs for every record, with one statement that is prepared once, and no one list syntax suits both engines.</remarks>
internal static class SeenLookup
{
    private const int IdsPerStatement = 500;

    /// <summary>As in <see cref="RowWriter"/>: no round trips to save, and parameters that are found one by one.</summary>
    private const int IdsPerSqliteStatement = 32;

    /// <summary>Which of <paramref name="ids"/> are known, and what was said under each: zero where that is not known.</summary>
    public static async Task<Dictionary<RecordId, ulong>> FindAsync(DbConnection connection, IReadOnlyCollection<RecordId> ids, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<RecordId, ulong>();
        var size = Math.Min(connection is SqliteConnection ? IdsPerSqliteStatement : IdsPerStatement, ids.Count);
        await using var command = Create(connection, size);
        foreach (var chunk in ids.Chunk(size))
        {
            // The last chunk is filled up with its last id.
            for (var index = 0; index < size; index++)
                command.Parameters[index].Value = chunk[Math.Min(index, chunk.Length - 1)].ToBytes();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                seen[RecordId.FromBytes((byte[])rows.GetValue(0))] = rows.IsDBNull(1) ? 0 : unchecked((ulong)rows.GetInt64(1));
        }

        return seen;
    }

    private static DbCommand Create(DbConnection connection, int size)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, content FROM seen_record WHERE id IN ({string.Join(", ", Enumerable.Range(0, size).Select(index => $"@p{index}"))})";
        for (var index = 0; index < size; index++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{index}";
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
