using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace KmsLab.Sentinel.Alarms.Silences;

/// <summary>The table <c>silence</c>. People write it through the API and the page; the loop reads it, and marks what it has made known.</summary>
internal static class SilenceRows
{
    private const string EndedLast = "ORDER BY ends_at DESC, id LIMIT @limit";

    /// <summary>Those that are not over, the one that ends last first.</summary>
    public static Task<IReadOnlyList<MatchedSilence>> LiveAsync(DbConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReadAsync(connection, "WHERE ends_at > @now ORDER BY ends_at DESC, id", new { now = now.ToUnixTimeMilliseconds() }, cancellationToken);

    /// <summary>Those that began and were not made known yet.</summary>
    public static Task<IReadOnlyList<MatchedSilence>> UntoldAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, "WHERE told = 0 ORDER BY starts_at, id", null, cancellationToken);

    /// <summary>All, the one that ends last first.</summary>
    public static Task<IReadOnlyList<MatchedSilence>> AllAsync(DbConnection connection, int limit, CancellationToken cancellationToken) =>
        ReadAsync(connection, EndedLast, new { limit }, cancellationToken);

    public static async Task<MatchedSilence?> FindAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        await ReadAsync(connection, "WHERE id = @id", new { id }, cancellationToken) is [var silence] ? silence : null;

    /// <summary>Writes a new one, or what became of one.</summary>
    public static Task WriteAsync(DbTransaction transaction, MatchedSilence silence, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO silence (id, payload, starts_at, ends_at, told) VALUES (@id, @payload, @starts, @ends, 0)
            ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, starts_at = excluded.starts_at, ends_at = excluded.ends_at
            """,
            new
            {
                id = silence.Id,
                payload = JsonSerializer.Serialize(silence, AlarmJson.Default.MatchedSilence),
                starts = silence.Starts.ToUnixTimeMilliseconds(),
                ends = silence.Ends.ToUnixTimeMilliseconds(),
            },
            transaction, cancellationToken: cancellationToken));

    /// <summary>Notes that one was made known.</summary>
    public static Task ToldAsync(DbTransaction transaction, string id, CancellationToken cancellationToken) => transaction.Connection!.ExecuteAsync(
        new CommandDefinition("UPDATE silence SET told = 1 WHERE id = @id", new { id }, transaction, cancellationToken: cancellationToken));

    private static async Task<IReadOnlyList<MatchedSilence>> ReadAsync(DbConnection connection, string which, object? parameters, CancellationToken cancellationToken)
    {
        var payloads = await connection.QueryAsync<string>(new CommandDefinition($"SELECT payload FROM silence {which}", parameters, cancellationToken: cancellationToken));
        return [.. payloads.Select(payload => JsonSerializer.Deserialize(payload, AlarmJson.Default.MatchedSilence)!)];
    }
}
