using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Reads who used which key: calls from the rates, added up by the database; proofs, contexts and times from the days.</summary>
internal sealed class UsageQuery(Database database, ProtectedSets sets, TimeProvider time)
{
    /// <summary>Rows of an answer.</summary>
    public const int RowsShown = 500;

    /// <summary>Names of a kind.</summary>
    public const int NamesShown = 200;

    /// <summary>How old names may be.</summary>
    public static readonly TimeSpan NamesHold = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);
    private static readonly TimeSpan NamesRange = TimeSpan.FromDays(7);
    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly ContextSketches _sketches = new(time);
    private volatile KnownNames? _names;

    public Task<UsageAnswer> ReadAsync(UsageFilter filter, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var range = RangeOf(filter);
            var pairs = (await CallsAsync(connection, filter, range, cancellationToken)).GroupBy(row => (row.KeyArn, row.Principal))
                .OrderByDescending(pair => pair.Sum(row => row.Count)).ThenBy(pair => pair.Key.KeyArn, StringComparer.Ordinal).ThenBy(pair => pair.Key.Principal, StringComparer.Ordinal).ToList();
            var shown = pairs.Take(RowsShown).ToList();
            var days = (await DaysAsync(connection, filter, range, cancellationToken)).ToDictionary(row => (row.KeyArn, row.Principal));
            var contexts = await _sketches.ReadAsync(connection, range.FirstDay, range.To, [.. shown.Select(pair => pair.Key)], cancellationToken);
            var keys = new ProtectedKeys(sets);
            await keys.LoadAsync(connection, cancellationToken);

            var rows = shown.Select(pair => Row([.. pair], days.GetValueOrDefault(pair.Key), contexts.GetValueOrDefault(pair.Key), keys, range));
            return new UsageAnswer([.. rows], pairs.Count > RowsShown);
        },
        cancellationToken);

    /// <summary>What there is to choose from: as it was within <see cref="NamesHold"/>, for each open page asks again and again.</summary>
    public async Task<UsageNames> NamesAsync(CancellationToken cancellationToken)
    {
        if (_names is { } known && time.GetUtcNow() < known.Until)
            return known.Names;

        var names = await database.ReadAsync(
            async connection => new UsageNames(await NamesAsync(connection, "key_arn", cancellationToken), await NamesAsync(connection, "principal", cancellationToken)), cancellationToken);
        if (names.Principals.Count > 0)
            _names = new(names, time.GetUtcNow() + NamesHold);
        return names;
    }

    private async Task<IReadOnlyList<string>> NamesAsync(DbConnection connection, string column, CancellationToken cancellationToken)
    {
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            $"SELECT {column} FROM key_use WHERE day_at > @from AND {column} <> '' GROUP BY {column} ORDER BY SUM(calls) DESC, {column} LIMIT {NamesShown}",
            new { from = (time.GetUtcNow() - NamesRange).ToUnixTimeMilliseconds() - Day }, cancellationToken: cancellationToken));
        return [.. names];
    }

    private Range RangeOf(UsageFilter filter)
    {
        var to = filter.To ?? time.GetUtcNow() + TimeSpan.FromMinutes(1);
        var from = filter.From ?? (filter.To ?? time.GetUtcNow()) - DefaultRange;
        return new(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
    }

    /// <summary>By key, principal and operation, of the pairs with the most calls. A series is added up once, whatever the number of its buckets.</summary>
    private static async Task<IReadOnlyList<Calls>> CallsAsync(DbConnection connection, UsageFilter filter, Range range, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string KeyArn, string Principal, string Operation, long Count, long Errors, long Service, long LastStart)>(new CommandDefinition(
            $"""
            WITH used AS MATERIALIZED (
                SELECT s.key_arn, s.principal, s.operation, s.outcome, s.service, b.calls, b.last_start
                FROM (SELECT series_id, SUM(calls) AS calls, MAX(start_at) AS last_start FROM bucket WHERE start_at >= @from AND start_at < @to GROUP BY series_id HAVING SUM(calls) > 0) b
                JOIN series s ON s.id = b.series_id
                {Where(filter, "s.")}
            ),
            pair AS (SELECT key_arn, principal FROM used GROUP BY key_arn, principal ORDER BY SUM(calls) DESC, key_arn, principal LIMIT {RowsShown + 1})
            SELECT used.key_arn, used.principal, operation, CAST(SUM(calls) AS BIGINT),
                   CAST(SUM(CASE WHEN outcome IN ('{SeriesKey.Success}', '{SeriesKey.Other.Outcome}') THEN 0 ELSE calls END) AS BIGINT),
                   CAST(SUM(CASE WHEN service = '' THEN 0 ELSE calls END) AS BIGINT), MAX(last_start)
            FROM pair JOIN used ON used.key_arn = pair.key_arn AND used.principal = pair.principal
            GROUP BY used.key_arn, used.principal, operation
            """,
            Parameters(filter, range.From, range.To), cancellationToken: cancellationToken));
        return [.. rows.Select(row => new Calls(row.KeyArn, row.Principal, row.Operation, row.Count, row.Errors, row.Service, row.LastStart))];
    }

    private static async Task<IReadOnlyList<Days>> DaysAsync(DbConnection connection, UsageFilter filter, Range range, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string KeyArn, string Principal, long Attested, long Unattested, long Unverifiable, long Last, long? First)>(new CommandDefinition(
            $"""
            SELECT u.key_arn, u.principal, u.attested, u.unattested, u.unverifiable, u.last_at, f.first_at
            FROM (
                SELECT key_arn, principal, CAST(SUM(attested) AS BIGINT) AS attested, CAST(SUM(unattested) AS BIGINT) AS unattested, CAST(SUM(unverifiable) AS BIGINT) AS unverifiable, MAX(last_at) AS last_at
                FROM key_use WHERE day_at >= @from AND day_at < @to GROUP BY key_arn, principal
            ) u LEFT JOIN key_principal f ON f.key_arn = u.key_arn AND f.principal = u.principal
            {Where(filter, "u.")}
            """,
            Parameters(filter, range.FirstDay, range.To), cancellationToken: cancellationToken));
        return [.. rows.Select(row => new Days(row.KeyArn, row.Principal, row.Attested, row.Unattested, row.Unverifiable, row.Last, row.First))];
    }

    private static UsageRow Row(IReadOnlyList<Calls> operations, Days? days, DistinctSketch? contexts, ProtectedKeys keys, Range range)
    {
        var (key, principal) = (operations[0].KeyArn, operations[0].Principal);
        // A last call after the time asked for is not that time's last: its bucket says it to the minute.
        var last = days is { Last: var at } && at < range.To ? at : operations.Max(operation => operation.LastStart);
        return new(
            key.Length == 0 ? null : key, keys.SetOf(key)?.Name, principal, operations.Sum(operation => operation.Count), operations.Sum(operation => operation.Errors),
            operations.Sum(operation => operation.Service), days?.First is { } first ? Instant(first) : null, Instant(last),
            days?.Attested ?? 0, days?.Unattested ?? 0, days?.Unverifiable ?? 0, contexts?.Count ?? 0, contexts?.IsEstimate ?? false,
            [.. operations.OrderByDescending(operation => operation.Count).ThenBy(operation => operation.Operation, StringComparer.Ordinal)
                .Select(operation => new UsageOperation(operation.Operation, operation.Count, operation.Errors))]);
    }

    private static string Where(UsageFilter filter, string table)
    {
        List<string> conditions = [.. filter.KeyArn is null ? (string[])[] : [$"{table}key_arn = @keyArn"], .. filter.Principal is null ? (string[])[] : [$"{table}principal = @principal"]];
        return conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
    }

    private static object Parameters(UsageFilter filter, long from, long to) => new { from, to, keyArn = filter.KeyArn, principal = filter.Principal };

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    /// <summary>A span of event time, Unix milliseconds, and the start of its first day, UTC.</summary>
    private readonly record struct Range(long From, long To)
    {
        public long FirstDay => From - (((From % Day) + Day) % Day);
    }

    private sealed record Calls(string KeyArn, string Principal, string Operation, long Count, long Errors, long Service, long LastStart);

    private sealed record KnownNames(UsageNames Names, DateTimeOffset Until);

    private sealed record Days(string KeyArn, string Principal, long Attested, long Unattested, long Unverifiable, long Last, long? First);
}
