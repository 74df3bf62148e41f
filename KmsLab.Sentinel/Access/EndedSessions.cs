using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// Sessions that were signed out of. Deleting a cookie in a browser ends neither a copy of it nor a page that is open in another window; what stands here
/// ends both, in all Sentinels on the database.
/// </summary>
internal sealed class EndedSessions(Database database, AccessSettings settings, TimeProvider time)
{
    /// <summary>Ends one, and forgets those whose last cookie has expired by itself.</summary>
    public Task EndAsync(string session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new { id = session, forget = (now + settings.Access.SessionLife).ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() };
        return database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM ended_session WHERE forget_at < @now; INSERT INTO ended_session (id, forget_at) VALUES (@id, @forget) ON CONFLICT (id) DO NOTHING",
                row, transaction, cancellationToken: cancellationToken)),
            cancellationToken,
            repeatable: true);
    }

    public async Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM ended_session WHERE id = @session", new { session }, cancellationToken: cancellationToken)),
        cancellationToken) > 0;
}
