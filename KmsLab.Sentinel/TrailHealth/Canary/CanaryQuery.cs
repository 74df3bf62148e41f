using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Reads the canaries' state for people, on any instance.</summary>
internal static class CanaryQuery
{
    private const string Deliveries = """
        SELECT r.source AS Source, r.complete_until AS CompleteUntil,
            COALESCE((SELECT p.at - c.called_at FROM canary_passage p JOIN canary c ON c.sequence = p.sequence
                      WHERE p.source = r.source AND p.state = 'Returned' ORDER BY p.sequence DESC LIMIT 1), -1) AS Lag,
            (SELECT COUNT(*) FROM canary c WHERE c.outcome = 'Answered' AND c.sequence > COALESCE(
                (SELECT MAX(p.sequence) FROM canary_passage p WHERE p.source = r.source AND p.state = 'Returned'), 0)) AS Outstanding,
            (SELECT COUNT(*) FROM canary_passage p WHERE p.source = r.source AND p.state <> 'Returned') AS Bypassed
        FROM canary_reach r ORDER BY r.source
        """;

    /// <summary>The last call, and what the process says.</summary>
    public static async Task<CanaryStatus> CanaryAsync(Database database, CanaryState state, CancellationToken cancellationToken)
    {
        var last = await RowAsync("SELECT key_arn, called_at, outcome, problem, 0 FROM canary ORDER BY sequence DESC LIMIT 1");
        var seen = await RowAsync("SELECT key_arn, called_at, outcome, problem, event_time FROM canary WHERE event_time > 0 ORDER BY sequence DESC LIMIT 1");
        return new(
            state.KeyArn ?? last?.KeyArn,
            last is { } call ? DateTimeOffset.FromUnixTimeMilliseconds(call.CalledAt) : null,
            last?.Outcome.ToLowerInvariant(),
            seen is { } back ? (back.EventTime - back.CalledAt) / 1000.0 : null,
            state.KeyProblem ?? (last?.Problem is { Length: > 0 } problem ? problem : null),
            state.HistoryProblem);

        async Task<(string KeyArn, long CalledAt, string Outcome, string Problem, long EventTime)?> RowAsync(string sql)
        {
            var rows = await database.ReadAsync(
                connection => connection.QueryAsync<(string, long, string, string, long)>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);
            return rows.Select(row => ((string, long, string, string, long)?)row).FirstOrDefault();
        }
    }

    /// <summary>Each source that the canary came through.</summary>
    public static async Task<IReadOnlyList<DeliveryStatus>> DeliveriesAsync(Database database, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string Source, long CompleteUntil, long Lag, long Outstanding, long Bypassed)>(new CommandDefinition(Deliveries, cancellationToken: cancellationToken)),
            cancellationToken);
        return [.. rows.Select(row => new DeliveryStatus(
            row.Source, row.Lag < 0 ? null : row.Lag / 1000.0, DateTimeOffset.FromUnixTimeMilliseconds(row.CompleteUntil), row.Outstanding, row.Bypassed))];
    }
}
