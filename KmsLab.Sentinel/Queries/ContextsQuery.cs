using Dapper;
using KmsLab.Sentinel.Rates;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>How many distinct encryption contexts a principal used with a key on a day of event time, UTC; <c>isEstimate</c> beyond some hundreds, within 6 % mostly.</summary>
internal sealed record ContextsAnswer(DateTimeOffset Day, string KeyArn, string Principal, long Distinct, bool IsEstimate);

/// <summary>Which counts of contexts to show.</summary>
/// <param name="KeyArn">Only this key's.</param>
/// <param name="Principal">Only this principal's.</param>
/// <param name="From">Days that start at or after it; the last 7 days by default.</param>
/// <param name="To">Days that start before it.</param>
internal sealed record ContextsFilter(string? KeyArn, string? Principal, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Reads counts of contexts, the newest day and the most contexts first.</summary>
internal sealed class ContextsQuery(Database database, TimeProvider time)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);

    public async Task<IReadOnlyList<ContextsAnswer>> ReadAsync(ContextsFilter filter, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(long Day, string KeyArn, string Principal, byte[] Hashes)>(new CommandDefinition(
                $"""
                SELECT day_at, key_arn, principal, hashes FROM context_count WHERE day_at >= @from AND day_at < @to
                {(filter.KeyArn is null ? "" : "AND key_arn = @keyArn")} {(filter.Principal is null ? "" : "AND principal = @principal")}
                """,
                new
                {
                    from = (filter.From ?? time.GetUtcNow() - DefaultRange).ToUnixTimeMilliseconds(),
                    to = filter.To?.ToUnixTimeMilliseconds() ?? long.MaxValue,
                    keyArn = filter.KeyArn,
                    principal = filter.Principal,
                },
                cancellationToken: cancellationToken)),
            cancellationToken);
        return [.. rows.Select(Answer).OrderByDescending(answer => answer.Day).ThenByDescending(answer => answer.Distinct).ThenBy(answer => answer.Principal, StringComparer.Ordinal)];
    }

    private static ContextsAnswer Answer((long Day, string KeyArn, string Principal, byte[] Hashes) row)
    {
        var sketch = DistinctSketch.FromBytes(row.Hashes);
        return new(DateTimeOffset.FromUnixTimeMilliseconds(row.Day), row.KeyArn, row.Principal, sketch.Count, sketch.IsEstimate);
    }
}
