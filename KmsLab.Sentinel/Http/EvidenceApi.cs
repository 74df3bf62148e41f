using System.Text.Json;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Http;

/// <summary>The records of alarms over HTTP, what their principals did around them, exports, and the names of keys.</summary>
internal static class EvidenceApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/alarms/{id}/records", RecordsAsync).Answers<AlarmRecordsAnswer>("getAlarmRecords", "The records that an alarm rests on", 404);
        api.MapGet("/alarms/{id}/records/{eventId}", RecordAsync).Answers<JsonElement>("getAlarmRecord", "A record as CloudTrail wrote it", 404);
        api.MapGet("/alarms/{id}/timeline", TimelineAsync).Answers<TimelineAnswer>("getAlarmTimeline", "What an alarm's principal did before, during and after", 404);
        api.MapGet("/alarms/{id}/export", ExportAsync).Answers<JsonElement>("exportAlarm", "An alarm with its records as a file: json, csv or ocsf", 400, 404);
        api.MapGet("/keys", async (KeyNamesQuery query, CancellationToken cancellationToken) =>
            TypedResults.Json(await query.ReadAsync(cancellationToken), ApiJson.Default.IReadOnlyListKeyNaming))
            .Answers<IReadOnlyList<KeyNaming>>("getKeys", "Names of keys: aliases and tags");
    }

    private static async Task<IResult> RecordsAsync(string id, AlarmQuery alarms, AlarmRecordsQuery records, CancellationToken cancellationToken) =>
        await alarms.FindAsync(id, cancellationToken) is { } alarm
            ? TypedResults.Json(await records.ReadAsync(alarm, cancellationToken), ApiJson.Default.AlarmRecordsAnswer)
            : Refusals.NoSuchAlarm(id);

    private static async Task<IResult> RecordAsync(string id, string eventId, AlarmQuery alarms, AlarmRecordsQuery records, CancellationToken cancellationToken)
    {
        if (await alarms.FindAsync(id, cancellationToken) is not { } alarm)
            return Refusals.NoSuchAlarm(id);

        return await records.FindAsync(alarm, eventId, cancellationToken) is { } json
            ? TypedResults.Bytes(json, "application/json")
            : TypedResults.Problem(
                $"The record {eventId} is not kept whole. Ask the trail, or the event history: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue={eventId}",
                statusCode: StatusCodes.Status404NotFound, title: "No such record");
    }

    private static async Task<IResult> TimelineAsync(string id, string? principal, AlarmQuery alarms, TimelineQuery timelines, CancellationToken cancellationToken)
    {
        if (await alarms.FindAsync(id, cancellationToken) is not { } alarm)
            return Refusals.NoSuchAlarm(id);

        return await timelines.ReadAsync(alarm, principal, cancellationToken) is { } timeline
            ? TypedResults.Json(timeline, ApiJson.Default.TimelineAnswer)
            : TypedResults.Problem("Nobody is known who called: the alarm rests on what Sentinel saw itself.", statusCode: StatusCodes.Status404NotFound, title: "No timeline");
    }

    private static async Task<IResult> ExportAsync(string id, string? format, AlarmExport export, CancellationToken cancellationToken)
    {
        if (!AlarmExport.Formats.Contains(format ?? "json"))
            return TypedResults.Problem($"format must be one of {string.Join(", ", AlarmExport.Formats)}.", statusCode: StatusCodes.Status400BadRequest, title: "No such format");

        return await export.WriteAsync(id, format ?? "json", cancellationToken) is { } file
            ? TypedResults.File(file.Content, file.Type, file.Name)
            : Refusals.NoSuchAlarm(id);
    }
}
