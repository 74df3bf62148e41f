using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// Sessions that were signed out of. Deleting a cookie in a browser ends neither a copy of it nor a page that is open in another window; what stands here
/// ends both, in all Sentinels on the database.
/// </summary>
/// <remarks>While the database is out of reach, what it said last holds for <see cref="AccessOptions.RevalidateEvery"/>: a failover signs nobody out.</remarks>
internal sealed class EndedSessions(Database database, AccessSettings settings, TimeProvider time)
{
    /// <summary>Sessions of which is remembered that they went on: people, not requests.</summary>
    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _wentOnUntil = [];

    /// <summary>Ends one, and forgets those whose last cookie has expired by itself.</summary>
    /// <param name="session">Its id.</param>
    /// <param name="life">How long each of its cookies lasts, as they say themselves: the configuration may have changed since. A copy may have been renewed just now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndAsync(string session, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new { id = session, forget = (now + life + settings.Access.RevalidateEvery).ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() };
        await database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM ended_session WHERE forget_at < @now; INSERT INTO ended_session (id, forget_at) VALUES (@id, @forget) ON CONFLICT (id) DO NOTHING",
                row, transaction, cancellationToken: cancellationToken)),
            cancellationToken,
            repeatable: true);
        _wentOnUntil.TryRemove(session, out _);
    }

    /// <exception cref="DbException">The database can't tell, and has not told lately.</exception>
    public async Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            var hasEnded = await FindAsync(session, cancellationToken);
            Remember(session, hasEnded);
            return hasEnded;
        }
        catch (DbException) when (_wentOnUntil.TryGetValue(session, out var until) && time.GetUtcNow() < until)
        {
            return false;
        }
    }

    private async Task<bool> FindAsync(string session, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM ended_session WHERE id = @session", new { session }, cancellationToken: cancellationToken)),
        cancellationToken) > 0;

    private void Remember(string session, bool hasEnded)
    {
        if (_wentOnUntil.Count >= MaxRemembered)
            _wentOnUntil.Clear();
        if (hasEnded)
            _wentOnUntil.TryRemove(session, out _);
        else
            _wentOnUntil[session] = time.GetUtcNow() + settings.Access.RevalidateEvery;
    }
}
