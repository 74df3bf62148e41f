using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Queries;

/// <summary>A file of an alarm for other tools.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Content">Its content, UTF-8.</param>
internal sealed record ExportFile(string Name, string Type, byte[] Content);

/// <summary>Exports an alarm with its records and what people did about it: as JSON, as CSV, and as an OCSF Detection Finding.</summary>
internal sealed class AlarmExport(AlarmQuery alarms, AlarmRecordsQuery records)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, MaxDepth = 256, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names of the formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["json", "csv", "ocsf"];

    /// <returns>Null where there is no such alarm.</returns>
    public async Task<ExportFile?> WriteAsync(string id, string format, CancellationToken cancellationToken)
    {
        if (await alarms.FindAsync(id, cancellationToken) is not { } alarm)
            return null;

        var (read, kept) = await records.ReadWithWholeAsync(alarm, cancellationToken);
        var whole = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var (eventId, json) in kept)
        {
            if (format != "csv" && Parse(json) is { } node)
                whole[eventId] = node;
        }

        var name = $"{alarm.Detection}-{alarm.Id}-{alarm.Occurrence}";
        return format switch
        {
            "csv" => new($"{name}.csv", "text/csv", Encoding.UTF8.GetBytes(CsvOf(read))),
            "ocsf" => new($"{name}.ocsf.json", "application/json", JsonSerializer.SerializeToUtf8Bytes(OcsfFinding.Of(alarm, read, whole), Readable)),
            _ => new($"{name}.json", "application/json", JsonSerializer.SerializeToUtf8Bytes(JsonOf(alarm, read, whole, await alarms.HistoryAsync(id, cancellationToken)), Readable)),
        };
    }

    private static JsonObject JsonOf(AlarmAnswer alarm, AlarmRecordsAnswer read, Dictionary<string, JsonNode> whole, IReadOnlyList<HistoryEntry> history) => new()
    {
        ["alarm"] = JsonSerializer.SerializeToNode(alarm with { Evidence = [] }, ExportJson.Default.AlarmAnswer),
        ["history"] = JsonSerializer.SerializeToNode(history, ExportJson.Default.IReadOnlyListHistoryEntry),
        ["records"] = new JsonArray([.. read.Records.Select(record => new JsonObject
        {
            ["summary"] = JsonSerializer.SerializeToNode(record.Summary, ExportJson.Default.Evidence),
            ["record"] = whole.GetValueOrDefault(record.Summary.EventId)?.DeepClone(),
        })]),
    };

    private static string CsvOf(AlarmRecordsAnswer read)
    {
        var csv = new StringBuilder("eventTime,eventName,principal,session,accessKeyId,sourceIpAddress,userAgent,region,keyArn,encryptionContext,errorCode,errorMessage,attestation,detail,requestId,eventId\r\n");
        foreach (var record in read.Records)
        {
            var summary = record.Summary;
            csv.AppendJoin(',', new[]
            {
                Instants.Text(summary.EventTime), summary.EventName, summary.Principal, summary.Session, summary.AccessKeyId, summary.SourceIp, record.UserAgent, record.Region, summary.KeyArn,
                AlarmRecordsQuery.TextOf(record.Context), summary.ErrorCode, record.Message, summary.Attestation?.ToString().ToLowerInvariant(), summary.Detail, summary.RequestId, summary.EventId,
            }.Select(Cell)).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <summary>Parts of a record are an attacker's to choose: a spreadsheet must not take one for a formula.</summary>
    private static string Cell(string? value)
    {
        var text = value ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static JsonNode? Parse(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new() { MaxDepth = 256 });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
