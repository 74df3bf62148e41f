using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Replay;

/// <summary>What a replay found; <c>--json</c> prints it as it is.</summary>
/// <param name="Files">What became of the files.</param>
/// <param name="Records">What became of the records.</param>
/// <param name="Malformed">Some records and files that could not be used, and why.</param>
/// <param name="Rates">Calls by key, principal, operation, outcome and service, most first.</param>
/// <param name="Alarms">The alarms, the latest first.</param>
internal sealed record ReplayReport(
    ReplayFiles Files, ReplayRecords Records, IReadOnlyList<RejectionAnswer> Malformed, IReadOnlyList<ReplayRate> Rates, IReadOnlyList<ReplayAlarm> Alarms);

/// <summary>What became of the files: <c>digests</c> and <c>unrelated</c> ones hold no records.</summary>
internal sealed record ReplayFiles(int Found, int Digests, int Unrelated, IReadOnlyList<string> UnrelatedNames);

/// <summary>
/// What became of the records, counted for good. <c>read</c> is the sum of <c>counted</c>, <c>malformed</c>, <c>twins</c> (NetworkActivity records of calls that have
/// another record), <c>unbelieved</c> (in log streams that are none of CloudTrail's), <c>duplicates</c> (corrected records that came with their correction among them), <c>tooLate</c>, <c>outside</c> (of <c>--from</c> and <c>--to</c>) and
/// <c>ignored</c> (of services that no detection looks at). <c>overflowed</c> is part of <c>counted</c>.
/// </summary>
internal sealed record ReplayRecords(
    long Read, long Counted, long Malformed, long Twins, long Unbelieved, long Duplicates, long TooLate, long Outside, long Ignored, long Overflowed);

/// <summary>A series over the whole time: its calls, and the buckets of its first and last one.</summary>
internal sealed record ReplayRate(
    string? KeyArn, string Principal, string Operation, string Outcome, string? Service, long Calls, DateTimeOffset From, DateTimeOffset To);

/// <summary>An alarm as <c>/api/alarms</c> answers it, and when it changed, in event time.</summary>
internal sealed record ReplayAlarm(AlarmAnswer Alarm, IReadOnlyList<ReplayChange> History);

/// <summary>A change of an alarm's state.</summary>
internal sealed record ReplayChange(DateTimeOffset At, AlarmState State, long Occurrence, string? Why);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayJson : JsonSerializerContext;

/// <summary>Reads the outcome from the database: the same whether the replay ran through or was killed and went on.</summary>
internal sealed class ReplayQuery(Database database, DetectionCatalog catalog)
{
    private const int MalformedShown = 20;

    public async Task<ReplayReport> ReadAsync(FileReport files, CancellationToken cancellationToken)
    {
        var counters = (await QueryAsync<(string Name, long Value)>("SELECT name, value FROM counter", cancellationToken)).ToDictionary(row => row.Name, row => row.Value);
        var malformed = await QueryAsync<(long At, string Source, string Origin, string Problem)>(
            $"SELECT rejected_at, source, origin, problem FROM rejection ORDER BY origin LIMIT {MalformedShown}", cancellationToken);
        return new(
            new(files.Files, files.Digests, files.Unrelated, files.UnrelatedNames),
            new(
                Value(Counter.Read), Value(Counter.Counted), Value(Counter.Malformed), Value(Counter.Twins), Value(Counter.Unbelieved), Value(Counter.Duplicates), Value(Counter.TooLate),
                Value(Counter.Outside), Value(Counter.Ignored), Value(Counter.Overflowed)),
            [.. malformed.Select(row => new RejectionAnswer(Instant(row.At), row.Source, row.Origin, row.Problem))],
            await RatesAsync(cancellationToken),
            await AlarmsAsync(cancellationToken));

        long Value(Counter counter) => counters.GetValueOrDefault(counter.ToString());
    }

    private async Task<IReadOnlyList<ReplayRate>> RatesAsync(CancellationToken cancellationToken)
    {
        var rows = await QueryAsync<(string KeyArn, string Principal, string Operation, string Outcome, string Service, long Calls, long From, long To)>(
            """
            SELECT s.key_arn, s.principal, s.operation, s.outcome, s.service, CAST(SUM(b.calls) AS BIGINT), MIN(b.start_at), MAX(b.start_at + b.size)
            FROM bucket b JOIN series s ON s.id = b.series_id
            WHERE b.calls > 0
            GROUP BY s.id, s.key_arn, s.principal, s.operation, s.outcome, s.service
            ORDER BY 6 DESC, 1, 2, 3, 4, 5
            """,
            cancellationToken);
        return [.. rows.Select(row => new ReplayRate(
            row.KeyArn.Length == 0 ? null : row.KeyArn, row.Principal, row.Operation, row.Outcome, row.Service.Length == 0 ? null : row.Service, row.Calls, Instant(row.From), Instant(row.To)))];
    }

    private async Task<IReadOnlyList<ReplayAlarm>> AlarmsAsync(CancellationToken cancellationToken)
    {
        var changes = (await QueryAsync<string>("SELECT payload FROM alarm_history ORDER BY happened_at, ordinal", cancellationToken))
            .Select(payload => JsonSerializer.Deserialize(payload, AlarmJson.Default.HistoryEntry)!)
            .Where(entry => entry.Kind == HistoryKind.State)
            .ToLookup(entry => entry.AlarmId, entry => new ReplayChange(entry.At, entry.State!.Value, entry.Occurrence!.Value, entry.Reason));
        var alarms = await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, cancellationToken), cancellationToken);
        return [.. alarms.OrderByDescending(alarm => alarm.LastSeen).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)
            .Select(alarm => new ReplayAlarm(AlarmAnswer.Of(alarm, catalog), [.. changes[alarm.Id]]))];
    }

    private Task<IEnumerable<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);
}
