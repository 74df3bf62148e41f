using System.Text.Json;
using KmsLab.Sentinel.Alarms.Records;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>A record that an alarm rests on, with what its whole says beyond the summary.</summary>
/// <param name="Summary">In summary.</param>
/// <param name="Context">The encryption context by name; of a ReEncrypt both, the destination's names with <c>destination.</c> before them.</param>
/// <param name="UserAgent">The caller's program, as it named itself.</param>
/// <param name="Region">The Region of the call.</param>
/// <param name="VpcEndpoint">The VPC endpoint that it came through.</param>
/// <param name="Message">The error's text.</param>
/// <param name="HasRecord">The record is kept whole: <c>/api/alarms/{id}/records/{eventId}</c>.</param>
public sealed record AlarmRecordAnswer(
    Evidence Summary, IReadOnlyDictionary<string, string> Context, string? UserAgent, string? Region, string? VpcEndpoint, string? Message, bool HasRecord);

/// <summary>Distinct protected data that an alarm's records touched: records of the application, as the encryption context tells them apart.</summary>
/// <param name="Context">The context as one text.</param>
/// <param name="Calls">How many calls named it.</param>
/// <param name="First">Event time of the first.</param>
public sealed record DistinctContext(string Context, int Calls, DateTimeOffset First);

/// <summary>The records of an occurrence: what <c>/api/alarms/{id}/records</c> answers.</summary>
/// <param name="Total">How many the alarm rests on.</param>
/// <param name="Records">Those that are kept, in order of event time.</param>
/// <param name="Distinct">Distinct encryption contexts of successful calls that give data or keys in clear, most calls first.</param>
public sealed record AlarmRecordsAnswer(long Total, IReadOnlyList<AlarmRecordAnswer> Records, IReadOnlyList<DistinctContext> Distinct);

/// <summary>Reads the records that alarms rest on.</summary>
internal sealed class AlarmRecordsQuery(Database database)
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };

    /// <summary>Operations that give data, or the key to it, in clear.</summary>
    private static readonly HashSet<string> Revealing = ["Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyPair", "DeriveSharedSecret"];

    /// <summary>The records of the alarm's occurrence. Of alarms that are older than this table only the summaries are there.</summary>
    public async Task<AlarmRecordsAnswer> ReadAsync(AlarmAnswer alarm, CancellationToken cancellationToken) =>
        (await ReadWithWholeAsync(alarm, cancellationToken)).Answer;

    /// <summary>The same, with each record that is kept whole as CloudTrail wrote it, UTF-8 JSON by eventID.</summary>
    public async Task<(AlarmRecordsAnswer Answer, IReadOnlyDictionary<string, byte[]> Whole)> ReadWithWholeAsync(
        AlarmAnswer alarm, CancellationToken cancellationToken)
    {
        var kept = await database.ReadAsync(connection => AlarmRecordRows.ReadAsync(connection, alarm.Id, alarm.Occurrence, cancellationToken), cancellationToken);
        var latest = alarm.Evidence.ToDictionary(record => record.EventId);
        var known = kept.Select(record => record.Summary.EventId).ToHashSet();
        IReadOnlyList<AlarmRecordAnswer> records =
        [
            .. kept.Select(record => Of(latest.GetValueOrDefault(record.Summary.EventId) ?? record.Summary, record.Json))
                .Concat(alarm.Evidence.Where(record => !known.Contains(record.EventId)).Select(record => Of(record, [])))
                .OrderBy(record => record.Summary.EventTime),
        ];
        var whole = kept.Where(record => record.Json.Length > 0).ToDictionary(record => record.Summary.EventId, record => record.Json);
        return (new(Math.Max(alarm.EvidenceTotal, records.Count), records, DistinctOf(records)), whole);
    }

    /// <summary>A record as CloudTrail wrote it, UTF-8 JSON; null where it is not kept.</summary>
    public async Task<byte[]?> FindAsync(AlarmAnswer alarm, string eventId, CancellationToken cancellationToken)
    {
        var kept = await database.ReadAsync(connection => AlarmRecordRows.FindAsync(connection, alarm.Id, alarm.Occurrence, eventId, cancellationToken), cancellationToken);
        return kept is { Json.Length: > 0 } ? kept.Json : null;
    }

    private static AlarmRecordAnswer Of(Evidence summary, byte[] json)
    {
        if (json.Length == 0)
            return new(summary, new Dictionary<string, string>(), null, null, null, null, false);

        try
        {
            using var document = JsonDocument.Parse(json, Reading);
            var root = document.RootElement;
            return new(summary, ContextOf(root), Text(root, "userAgent"), Text(root, "awsRegion"), Text(root, "vpcEndpointId"), Text(root, "errorMessage"), true);
        }
        catch (JsonException)
        {
            return new(summary, new Dictionary<string, string>(), null, null, null, null, true); // Text that is no Unicode: the record is there, as it came.
        }
    }

    private static Dictionary<string, string> ContextOf(JsonElement root)
    {
        var parameters = Observation.Member(root, "requestParameters");
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (member, prefix) in new[] { ("encryptionContext", ""), ("sourceEncryptionContext", ""), ("destinationEncryptionContext", "destination.") })
        {
            if (Observation.Member(parameters, member) is not { ValueKind: JsonValueKind.Object } pairs)
                continue;
            foreach (var pair in pairs.EnumerateObject())
                context[prefix + Observation.NameOf(pair)] = Observation.Text(pair.Value) ?? "";
        }

        return context;
    }

    private static IReadOnlyList<DistinctContext> DistinctOf(IReadOnlyList<AlarmRecordAnswer> records) =>
    [
        .. records.Where(record => record.Summary.ErrorCode is null && record.Context.Count > 0 && Revealing.Any(name => record.Summary.EventName.StartsWith(name, StringComparison.Ordinal)))
            .GroupBy(record => TextOf(record.Context), StringComparer.Ordinal)
            .Select(same => new DistinctContext(same.Key, same.Count(), same.Min(record => record.Summary.EventTime)))
            .OrderByDescending(context => context.Calls).ThenBy(context => context.First),
    ];

    /// <summary>A record in lines, for people.</summary>
    public static string Indented(byte[] json) => RecordBody.Indented(json);

    /// <summary>A context as one text.</summary>
    public static string TextOf(IReadOnlyDictionary<string, string> context) =>
        string.Join(", ", context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} = {pair.Value}"));

    private static string? Text(JsonElement root, string name) => Observation.Text(Observation.Member(root, name)) is { Length: > 0 } text ? text : null;
}
