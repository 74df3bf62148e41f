using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>The baseline and its acceptances in the database.</summary>
internal static class GuardRows
{
    public static async Task<IReadOnlyList<GuardedFact>> FactsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Resource, string Aspect, string Expected, string Seen, long Since)>(
            new CommandDefinition("SELECT resource, aspect, expected, seen, since FROM guard_fact ORDER BY resource, aspect", cancellationToken: cancellationToken));
        return [.. rows.Select(row => new GuardedFact(row.Resource, row.Aspect, row.Expected, row.Seen, row.Since > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(row.Since) : null))];
    }

    public static object[] RowOf(GuardedFact fact) => [fact.Resource, fact.Aspect, fact.Expected, fact.Seen, fact.Since?.ToUnixTimeMilliseconds() ?? 0L];

    /// <summary>Acceptances, the latest first.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="pending">Only those that no turn has taken in.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<GuardAcceptance>> AcceptancesAsync(DbConnection connection, bool pending, int limit, CancellationToken cancellationToken)
    {
        var payloads = await connection.QueryAsync<string>(new CommandDefinition(
            $"SELECT payload FROM guard_acceptance {(pending ? "WHERE taken_in = 0" : "")} ORDER BY submitted_at DESC, id LIMIT @limit", new { limit }, cancellationToken: cancellationToken));
        return [.. payloads.Select(payload => JsonSerializer.Deserialize(payload, GuardJson.Default.GuardAcceptance)!)];
    }

    /// <summary>Writes an acceptance down: once this returns it is durable.</summary>
    public static Task SubmitAsync(DbConnection connection, DbTransaction transaction, GuardAcceptance acceptance, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "INSERT INTO guard_acceptance (id, submitted_at, payload, taken_in) VALUES (@id, @at, @payload, 0) ON CONFLICT DO NOTHING",
        new { id = acceptance.Id, at = acceptance.At.ToUnixTimeMilliseconds(), payload = JsonSerializer.Serialize(acceptance, GuardJson.Default.GuardAcceptance) },
        transaction,
        cancellationToken: cancellationToken));
}
