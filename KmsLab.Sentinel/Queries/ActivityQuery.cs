using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Reads calls over time, added up by the database, with what was expected of them and the alarms of that time.</summary>
internal sealed class ActivityQuery(
    Database database, DetectionCatalog catalog, BaselinesQuery baselines, WatermarkQuery watermarks, RateOptions rates, SeriesOptions series, ProtectedSets sets, TimeProvider time)
{
    private const int OperationsShown = 6;
    private const int AlarmsShown = 500;

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    public async Task<ActivityAnswer> ReadAsync(ActivityFilter filter, CancellationToken cancellationToken)
    {
        var slots = SlotsOf(filter);
        var (from, to) = (Instant(slots.From), Instant(slots.To));
        return new(
            from,
            to,
            slots.Length / 1000.0,
            (await watermarks.ReadAsync(cancellationToken)).Known,
            SeriesOf(await CallsAsync(filter, slots, cancellationToken), slots),
            await ExpectedAsync(filter, from, to, cancellationToken),
            await AlarmsAsync(from, to, cancellationToken));
    }

    /// <summary>Nothing is kept from before the rates' retention, and nothing counts from far ahead of the clock.</summary>
    private ActivitySlots SlotsOf(ActivityFilter filter)
    {
        var now = time.GetUtcNow();
        var (oldest, newest) = (now - rates.KeepFor, now + TimeSpan.FromDays(1));
        var to = Clamp(filter.To ?? now, oldest, newest);
        var from = Clamp(filter.From ?? to - DefaultRange, oldest, newest);
        return ActivitySlots.Of(from < to ? from : to, to, ActivitySlots.UnitOf(from, now, series.BucketSize, rates));
    }

    private static DateTimeOffset Clamp(DateTimeOffset at, DateTimeOffset least, DateTimeOffset most) => at < least ? least : at > most ? most : at;

    private async Task<IReadOnlyList<Calls>> CallsAsync(ActivityFilter filter, ActivitySlots slots, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(long Slot, string Operation, long Calls)>(new CommandDefinition(
                Sql(filter), new { from = slots.From, to = slots.To, length = slots.Length, keyArn = filter.KeyArn, principal = filter.Principal }, cancellationToken: cancellationToken)),
            cancellationToken);
        return [.. rows.Select(row => new Calls((int)row.Slot, row.Operation, row.Calls))];
    }

    /// <summary>Errors come as the operation ''. Within a slot a series is added up before its name is looked up: that is done once, not for each bucket.</summary>
    private static string Sql(ActivityFilter filter) =>
        $"""
        SELECT c.slot, CASE WHEN s.outcome IN ('{SeriesKey.Success}', '{SeriesKey.Other.Outcome}') THEN s.operation ELSE '' END AS operation, CAST(SUM(c.calls) AS BIGINT) AS calls
        FROM (
            SELECT (start_at - @from) / @length AS slot, series_id, SUM(calls) AS calls FROM bucket
            WHERE start_at >= @from AND start_at < @to {Chosen(filter)}
            GROUP BY 1, 2
        ) c JOIN series s ON s.id = c.series_id
        GROUP BY 1, 2
        """;

    private static string Chosen(ActivityFilter filter)
    {
        List<string> conditions = [.. filter.KeyArn is null ? (string[])[] : ["key_arn = @keyArn"], .. filter.Principal is null ? (string[])[] : ["principal = @principal"]];
        if (filter.Own == false && filter.Principal is null)
            conditions.Add($"principal NOT IN (SELECT name FROM learned_name WHERE kind = '{OwnNames.Kind}')");
        return conditions.Count == 0 ? "" : $"AND series_id IN (SELECT id FROM series WHERE {string.Join(" AND ", conditions)})";
    }

    private static IReadOnlyList<ActivitySeries> SeriesOf(IReadOnlyList<Calls> calls, ActivitySlots slots)
    {
        var operations = calls.Where(part => part.Operation.Length > 0).GroupBy(part => part.Operation)
            .OrderByDescending(operation => CryptographicOperations.Contains(operation.Key)).ThenByDescending(operation => operation.Sum(part => part.Count)).ThenBy(operation => operation.Key, StringComparer.Ordinal).ToList();
        var shown = operations.Where(operation => operation.Key != SeriesKey.Other.Operation).Take(OperationsShown).ToList();
        var rest = operations.Except(shown).SelectMany(operation => operation).ToList();
        var errors = calls.Where(part => part.Operation.Length == 0).ToList();
        return
        [
            .. shown.Select(operation => new ActivitySeries(operation.Key, false, PerMinute(operation, slots))),
            .. rest.Count > 0 ? [new ActivitySeries(SeriesKey.Other.Operation, false, PerMinute(rest, slots))] : (ActivitySeries[])[],
            .. errors.Count > 0 ? [new ActivitySeries("Errors", true, PerMinute(errors, slots))] : (ActivitySeries[])[],
        ];
    }

    private static double[] PerMinute(IEnumerable<Calls> calls, ActivitySlots slots)
    {
        var values = new double[slots.Count];
        foreach (var part in calls)
            values[part.Slot] += part.Count * TimeSpan.MillisecondsPerMinute / (double)slots.Length;
        return values;
    }

    /// <summary>Of a principal with several sets, what is normal with each is added up: a wider band than that of the sum.</summary>
    private async Task<IReadOnlyList<ActivityBand>> ExpectedAsync(ActivityFilter filter, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (filter.Principal is not { Length: > 0 } principal)
            return [];

        IReadOnlyList<string> sets = filter.KeyArn is { } key ? [await SetOfAsync(key, cancellationToken)] : await baselines.SetsOfAsync(principal, cancellationToken);
        var bands = new List<ActivityBand>();
        foreach (var set in sets)
        {
            if (await baselines.ReadAsync(new(set, principal, null, null), cancellationToken) is { Judges: true } baseline)
                bands.AddRange(BandsOf(baseline, from, to));
        }

        return [.. bands.GroupBy(band => band.Start).Select(same => new ActivityBand(same.Key, same.Sum(band => band.Low), same.Sum(band => band.High))).OrderBy(band => band.Start)];
    }

    private static IEnumerable<ActivityBand> BandsOf(BaselineAnswer baseline, DateTimeOffset from, DateTimeOffset to)
    {
        var minutes = baseline.Seconds / 60;
        return baseline.Points
            .Where(point => point.Start < to && point.Start.AddMinutes(minutes) > from)
            .Select(point => new ActivityBand(point.Start, point.Low / minutes, point.High / minutes));
    }

    private async Task<string> SetOfAsync(string keyArn, CancellationToken cancellationToken)
    {
        var keys = new ProtectedKeys(sets);
        await database.ReadAsync(
            async connection =>
            {
                await keys.LoadAsync(connection, cancellationToken);
                return keys;
            },
            cancellationToken);
        return keys.SetOf(keyArn)?.Name ?? keyArn;
    }

    private async Task<IReadOnlyList<ActivityAlarm>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var occurrences = await database.ReadAsync(connection => OccurrenceReader.ReadAsync(connection, cancellationToken), cancellationToken);
        return [.. occurrences.Where(occurrence => occurrence.From < to && (occurrence.To is not { } end || end > from)).TakeLast(AlarmsShown).Select(Of)];
    }

    private ActivityAlarm Of(Occurrence occurrence)
    {
        var definition = catalog.Find(occurrence.Detection)?.Definition;
        return new(
            occurrence.AlarmId, occurrence.Detection, definition?.Title ?? occurrence.Detection, definition?.Severity ?? Severity.Low, occurrence.From, occurrence.To,
            occurrence.To is null ? occurrence.State : AlarmState.Ok);
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private readonly record struct Calls(int Slot, string Operation, long Count);
}
