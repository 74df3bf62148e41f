using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Calls of one kind that a principal made around an alarm.</summary>
/// <param name="From">The start of the first bucket with such calls.</param>
/// <param name="To">The end of the last one.</param>
/// <param name="Operation">The operation.</param>
/// <param name="KeyArn">The key; null for none.</param>
/// <param name="Outcome"><c>Success</c>, or the error.</param>
/// <param name="Service">The AWS service that called for the principal; null for the principal itself.</param>
/// <param name="Calls">How many.</param>
/// <param name="When"><c>before</c>, <c>during</c> or <c>after</c> the occurrence.</param>
public sealed record TimelineEntry(
    DateTimeOffset From, DateTimeOffset To, string Operation, string? KeyArn, string Outcome, string? Service, long Calls, string When);

/// <summary>A principal's calls around an alarm.</summary>
/// <param name="Principal">Whose.</param>
/// <param name="From">From when on.</param>
/// <param name="To">Until when.</param>
/// <param name="Entries">By their beginning.</param>
public sealed record TimelineAnswer(string Principal, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TimelineEntry> Entries);

/// <summary>Reads what a principal did before, during and after an alarm, from the rates: kinds of calls by bucket, not each call.</summary>
internal sealed class TimelineQuery(Database database)
{
    private const int MostEntries = 200;

    private static readonly TimeSpan Around = TimeSpan.FromHours(1);

    /// <summary>The principals of an alarm's records, those with most records first.</summary>
    public static IReadOnlyList<string> PrincipalsOf(AlarmAnswer alarm) =>
    [
        .. alarm.Evidence.Where(record => record.Principal != AlarmTraits.Sentinel).GroupBy(record => record.Principal, StringComparer.Ordinal)
            .OrderByDescending(same => same.Count()).Select(same => same.Key),
    ];

    /// <returns>Null where nobody is known who called.</returns>
    public async Task<TimelineAnswer?> ReadAsync(AlarmAnswer alarm, string? principal, CancellationToken cancellationToken)
    {
        if ((principal ?? (PrincipalsOf(alarm) is [var first, ..] ? first : null)) is not { } who)
            return null;

        var (from, to) = (alarm.FirstSeen - Around, alarm.LastSeen + Around);
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string Operation, string Key, string Outcome, string Service, long Part, long First, long Last, long Calls)>(new CommandDefinition(
                $"""
                SELECT s.operation, s.key_arn, s.outcome, s.service,
                       CASE WHEN b.start_at + b.size <= @first THEN 0 WHEN b.start_at <= @last THEN 1 ELSE 2 END AS part,
                       MIN(b.start_at), MAX(b.start_at + b.size), CAST(SUM(b.calls) AS BIGINT)
                FROM series s JOIN bucket b ON b.series_id = s.id
                WHERE s.principal = @who AND b.start_at >= @from AND b.start_at < @to AND b.calls > 0
                GROUP BY 1, 2, 3, 4, 5 ORDER BY 6, 1 LIMIT {MostEntries}
                """,
                new
                {
                    who,
                    from = from.ToUnixTimeMilliseconds(),
                    to = to.ToUnixTimeMilliseconds(),
                    first = alarm.FirstSeen.ToUnixTimeMilliseconds(),
                    last = alarm.LastSeen.ToUnixTimeMilliseconds(),
                },
                cancellationToken: cancellationToken)),
            cancellationToken);
        return new(who, from, to,
        [
            .. rows.Select(row => new TimelineEntry(
                Instant(row.First), Instant(row.Last), row.Operation, row.Key.Length > 0 ? row.Key : null, row.Outcome, row.Service.Length > 0 ? row.Service : null, row.Calls,
                row.Part switch { 0 => "before", 1 => "during", _ => "after" })),
        ]);
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);
}
