using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.State;

/// <summary>Brings the state file to the schema of the running code.</summary>
internal static class SchemaVersions
{
    /// <exception cref="InvalidOperationException">A newer LocalAws wrote the file.</exception>
    public static void Apply(SqliteConnection connection, IEnumerable<IStateSchema> schemas)
    {
        using var transaction = connection.BeginTransaction();
        var session = new WriteSession(connection) { Transaction = transaction };
        session.Execute("CREATE TABLE IF NOT EXISTS schema_versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
        foreach (var schema in schemas)
        {
            var done = (int)((long?)session.Scalar("SELECT version FROM schema_versions WHERE name = $1", schema.Name) ?? 0);
            if (done > schema.Steps.Count)
                throw new InvalidOperationException($"The state file was written by a newer LocalAws ({schema.Name} {done}). Set LocalAws:DataDirectory to another directory.");

            for (var step = done; step < schema.Steps.Count; step++)
            {
                using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = schema.Steps[step];
                command.ExecuteNonQuery();
            }

            session.Execute("INSERT INTO schema_versions VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version", schema.Name, schema.Steps.Count);
        }

        transaction.Commit();
    }
}
