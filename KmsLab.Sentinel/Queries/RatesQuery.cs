using Dapper;
using KmsLab.Sentinel.Rates;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Which rates to show.</summary>
/// <param name="KeyArn">Only this key's.</param>
/// <param name="Principal">Only this principal's.</param>
/// <param name="Operation">Only this operation's.</param>
/// <param name="Outcome">Only this outcome: an error code or <c>Success</c>.</param>
/// <param name="From">Buckets that start at or after it; the last 24 hours by default.</param>
/// <param name="To">Buckets that start before it.</param>
internal sealed record RatesFilter(string? KeyArn, string? Principal, string? Operation, string? Outcome, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Reads rates.</summary>
internal sealed class RatesQuery(Database database, TimeProvider time)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

    public async Task<IReadOnlyList<SeriesAnswer>> ReadAsync(RatesFilter filter, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string KeyArn, string Principal, string Operation, string Outcome, string Service, long Start, long Size, long Calls)>(
                new CommandDefinition(Sql(filter), Parameters(filter), cancellationToken: cancellationToken)),
            cancellationToken);

        return [.. rows
            .GroupBy(row => SeriesKey.FromColumns(row.KeyArn, row.Principal, row.Operation, row.Outcome, row.Service))
            .Select(series => new SeriesAnswer(
                series.Key.KeyArn, series.Key.Principal, series.Key.Operation, series.Key.Outcome, series.Key.Service,
                [.. series.Select(row => new BucketAnswer(DateTimeOffset.FromUnixTimeMilliseconds(row.Start), row.Size / 1000.0, row.Calls))]))];
    }

    private static string Sql(RatesFilter filter)
    {
        List<string> conditions = ["b.start_at >= @from", "b.start_at < @to", "b.calls > 0"];
        Add(filter.KeyArn, "s.key_arn = @keyArn");
        Add(filter.Principal, "s.principal = @principal");
        Add(filter.Operation, "s.operation = @operation");
        Add(filter.Outcome, "s.outcome = @outcome");
        return $"""
            SELECT s.key_arn, s.principal, s.operation, s.outcome, s.service, b.start_at, b.size, b.calls
            FROM bucket b JOIN series s ON s.id = b.series_id
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY s.id, b.start_at
            """;

        void Add(string? value, string condition)
        {
            if (value is not null)
                conditions.Add(condition);
        }
    }

    private object Parameters(RatesFilter filter) => new
    {
        from = (filter.From ?? time.GetUtcNow() - DefaultRange).ToUnixTimeMilliseconds(),
        to = filter.To?.ToUnixTimeMilliseconds() ?? long.MaxValue,
        keyArn = filter.KeyArn,
        principal = filter.Principal,
        operation = filter.Operation,
        outcome = filter.Outcome,
    };
}
