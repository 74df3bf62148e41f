using System.Data.Common;
using KmsLab.CloudTrail.Records;
using Microsoft.Data.Sqlite;

namespace KmsLab.Sentinel.State;

/// <summary>Looks many ids up: over a network many a statement, in SQLite one at a time with one prepared statement (see <see cref="RowWriter"/>).</summary>
internal static class SeenLookup
{
    private const int IdsPerStatement = 1000;

    /// <summary>Those of <paramref name="ids"/> that have been counted.</summary>
    public static async Task<HashSet<RecordId>> FindAsync(DbConnection connection, IReadOnlyCollection<RecordId> ids, CancellationToken cancellationToken)
    {
        var seen = new HashSet<RecordId>();
        DbCommand? command = null;
        foreach (var chunk in ids.Chunk(connection is SqliteConnection ? 1 : IdsPerStatement))
        {
            if (command?.Parameters.Count != chunk.Length)
            {
                if (command is not null)
                    await command.DisposeAsync();
                command = Command(connection, chunk.Length);
            }

            for (var index = 0; index < chunk.Length; index++)
                command.Parameters[index].Value = chunk[index].ToBytes();
            await using var found = await command.ExecuteReaderAsync(cancellationToken);
            while (await found.ReadAsync(cancellationToken))
                seen.Add(RecordId.FromBytes((byte[])found.GetValue(0)));
        }

        if (command is not null)
            await command.DisposeAsync();
        return seen;
    }

    private static DbCommand Command(DbConnection connection, int ids)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"SELECT id FROM seen_record WHERE id IN ({string.Join(", ", Enumerable.Range(0, ids).Select(index => $"@p{index}"))})";
        for (var index = 0; index < ids; index++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{index}";
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
