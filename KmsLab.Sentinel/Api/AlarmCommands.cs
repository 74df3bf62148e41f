using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.State;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Api;

/// <summary>
/// Acknowledging and silencing. The API writes down what was asked for and answers when that is durable; the loop, which alone owns the alarms, takes
/// it in with its next turn, in that turn's transaction. So it does not matter whether the Sentinel that is asked is the active one.
/// </summary>
internal sealed class AlarmCommands(AlarmQuery query, PublishingMetrics metrics, IOptions<SentinelOptions> options, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/alarms/{id}/history", HistoryAsync);
        var guarded = api.MapGroup("/alarms/{id}").AddEndpointFilter<WriteGuard>().WithMetadata(new RequestSizeLimitAttribute(CommandBody.MaxBytes));
        guarded.MapPost("/acknowledge", (string id, HttpContext http, AlarmCommands commands) => commands.AcknowledgeAsync(id, http));
        guarded.MapPost("/silence", (string id, HttpContext http, AlarmCommands commands) => commands.SilenceAsync(id, http));
        guarded.MapDelete("/silence", (string id, HttpContext http, AlarmCommands commands) => commands.UnsilenceAsync(id, http));
    }

    private static async Task<IResult> HistoryAsync(string id, AlarmQuery query, CancellationToken cancellationToken)
    {
        var history = await query.HistoryAsync(id, cancellationToken);
        return history.Count > 0 || await query.FindAsync(id, cancellationToken) is not null
            ? TypedResults.Json(history, SentinelJson.Default.IReadOnlyListHistoryEntry)
            : NoSuchAlarm(id);
    }

    private async Task<IResult> AcknowledgeAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, CommandBody.OfAcknowledgement);
        if (body is null)
            return unreadable!;
        if (await query.FindAsync(id, http.RequestAborted) is not { } alarm)
            return NoSuchAlarm(id);
        if (alarm.Ended)
            return Conflict("The alarm is not firing. Acknowledging stops the reminders of one occurrence; to hear nothing of the next one, silence the alarm.");

        return await SubmitAsync(AlarmCommandKind.Acknowledge, alarm, body, http);
    }

    private async Task<IResult> SilenceAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, json => CommandBody.OfSilence(json, time.GetUtcNow(), options.Value.Alarms.LongestSilence));
        if (body is null)
            return unreadable!;

        return await query.FindAsync(id, http.RequestAborted) is { } alarm ? await SubmitAsync(AlarmCommandKind.Silence, alarm, body, http) : NoSuchAlarm(id);
    }

    private async Task<IResult> UnsilenceAsync(string id, HttpContext http)
    {
        if (await query.FindAsync(id, http.RequestAborted) is not { } alarm)
            return NoSuchAlarm(id);

        return alarm.Silenced is null ? Conflict("The alarm is not silenced.") : await SubmitAsync(AlarmCommandKind.Unsilence, alarm, CommandBody.None, http);
    }

    private async Task<IResult> SubmitAsync(AlarmCommandKind kind, AlarmAnswer alarm, CommandBody body, HttpContext http)
    {
        var by = body.By is null ? WriteGuard.CallerOf(http) : $"{body.By} ({WriteGuard.CallerOf(http)})";
        var command = new AlarmCommand(Guid.NewGuid().ToString("N"), alarm.Id, kind, alarm.Occurrence, time.GetUtcNow(), by, body.Reason, body.Until);
        await query.SubmitAsync(command, http.RequestAborted);
        metrics.Commanded(kind);
        return TypedResults.Json(await query.FindAsync(alarm.Id, http.RequestAborted) ?? alarm, SentinelJson.Default.AlarmAnswer);
    }

    private static async Task<(CommandBody? Body, IResult? Unreadable)> ReadAsync(HttpContext http, Func<JsonElement, CommandBody> read)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            var body = read(json.RootElement);
            return body.Errors.Count == 0 ? (body, null) : (null, TypedResults.ValidationProblem(body.Errors, "Some members are wrong; errors says which, and what to send."));
        }
        catch (JsonException)
        {
            return (null, TypedResults.Problem("The body is no valid JSON.", statusCode: StatusCodes.Status400BadRequest, title: "The request can't be read"));
        }
        catch (BadHttpRequestException unreadable)
        {
            return (null, TypedResults.Problem(unreadable.Message, statusCode: unreadable.StatusCode, title: "The request can't be read"));
        }
    }

    private static ProblemHttpResult NoSuchAlarm(string id) => SentinelApi.NoSuchAlarm(id);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "Nothing to do");
}
