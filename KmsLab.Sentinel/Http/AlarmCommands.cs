using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.Queries;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http;

/// <summary>
/// Acknowledging, silencing, commenting and closing over HTTP: reads the body, and says in HTTP what <see cref="AlarmActions"/> made of it.
/// </summary>
internal sealed class AlarmCommands(AlarmActions actions, AlarmOptions options, TimeProvider time)
{
    // WriteGuard turns other types away in words of its own, before routing would.
    public const string AnyType = "*/*";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/alarms/{id}/history", HistoryAsync).Answers<IReadOnlyList<HistoryEntry>>("getAlarmHistory", "What happened to an alarm, oldest first", 404);
        api.MapGet("/alarms/{id}/tuning", TuningAsync).Answers<JsonElement>("getAlarmTuning", "The configuration that would have kept an alarm quiet", 404);
        var guarded = api.MapGroup("/alarms/{id}").AddEndpointFilter<WriteGuard>().WithMetadata(new RequestSizeLimitAttribute(CommandBody.MaxBytes));
        guarded.MapPost("/acknowledge", (string id, HttpContext http, AlarmCommands commands) => commands.AcknowledgeAsync(id, http))
            .Accepts<AcknowledgeBody>("application/json", AnyType).Answers<AlarmAnswer>("acknowledgeAlarm", "Take an alarm on: no reminders of it", 400, 404, 409, 415);
        guarded.MapDelete("/acknowledge", (string id, HttpContext http, AlarmCommands commands) => commands.UnacknowledgeAsync(id, http))
            .Answers<AlarmAnswer>("unacknowledgeAlarm", "Take an acknowledgement back", 404, 409);
        guarded.MapPost("/comments", (string id, HttpContext http, AlarmCommands commands) => commands.CommentAsync(id, http))
            .Accepts<CommentBody>("application/json", AnyType).Answers<AlarmAnswer>("commentAlarm", "Write something down in an alarm's history", 400, 404, 415);
        guarded.MapPost("/close", (string id, HttpContext http, AlarmCommands commands) => commands.CloseAsync(id, http))
            .Accepts<CloseBody>("application/json", AnyType).Answers<AlarmAnswer>("closeAlarm", "Say what an alarm was: nobody needs to look at it any more", 400, 404, 409, 415);
        guarded.MapDelete("/close", (string id, HttpContext http, AlarmCommands commands) => commands.ReopenAsync(id, http))
            .Answers<AlarmAnswer>("reopenAlarm", "Take a closure back", 404, 409);
        guarded.MapPost("/silence", (string id, HttpContext http, AlarmCommands commands) => commands.SilenceAsync(id, http))
            .Accepts<SilenceBody>("application/json", AnyType).Answers<AlarmAnswer>("silenceAlarm", "Hear nothing of an alarm for a while", 400, 404, 409, 415);
        guarded.MapDelete("/silence", (string id, HttpContext http, AlarmCommands commands) => commands.UnsilenceAsync(id, http))
            .Answers<AlarmAnswer>("unsilenceAlarm", "End an alarm's silence", 404, 409);
    }

    private static async Task<IResult> HistoryAsync(string id, AlarmQuery query, CancellationToken cancellationToken)
    {
        var history = await query.HistoryAsync(id, cancellationToken);
        return history.Count > 0 || await query.FindAsync(id, cancellationToken) is not null
            ? TypedResults.Json(history, ApiJson.Default.IReadOnlyListHistoryEntry)
            : NoSuchAlarm(id);
    }

    private static async Task<IResult> TuningAsync(string id, AlarmQuery query, CancellationToken cancellationToken) =>
        await query.FindAsync(id, cancellationToken) is null
            ? NoSuchAlarm(id)
            : await query.TuningAsync(id, cancellationToken) is { } tuning
                ? TypedResults.Text(tuning, "application/json")
                : TypedResults.Problem(
                    "No exception would have kept this alarm quiet: it rests on what Sentinel saw itself, or on too many principals. Tune the detection, or silence it.",
                    statusCode: StatusCodes.Status404NotFound, title: "Nothing to paste");

    private async Task<IResult> UnacknowledgeAsync(string id, HttpContext http) =>
        Answer(id, await actions.UnacknowledgeAsync(id, By(CommandBody.None, http), http.RequestAborted));

    private async Task<IResult> CommentAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, CommandBody.OfComment);
        return body is null ? unreadable! : Answer(id, await actions.CommentAsync(id, By(body, http), body.Reason, http.RequestAborted));
    }

    private async Task<IResult> CloseAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, CommandBody.OfClosure);
        return body is null ? unreadable! : Answer(id, await actions.CloseAsync(id, By(body, http), body.Reason, body.Verdict!.Value, body.WholeIncident, http.RequestAborted));
    }

    private async Task<IResult> ReopenAsync(string id, HttpContext http) =>
        Answer(id, await actions.ReopenAsync(id, By(CommandBody.None, http), http.RequestAborted));

    private async Task<IResult> AcknowledgeAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, CommandBody.OfAcknowledgement);
        return body is null ? unreadable! : Answer(id, await actions.AcknowledgeAsync(id, By(body, http), body.Reason, http.RequestAborted));
    }

    private async Task<IResult> SilenceAsync(string id, HttpContext http)
    {
        var (body, unreadable) = await ReadAsync(http, json => CommandBody.OfSilence(json, time.GetUtcNow(), options.LongestSilence));
        return body is null ? unreadable! : Answer(id, await actions.SilenceAsync(id, By(body, http), body.Reason, body.Until!.Value, http.RequestAborted));
    }

    private async Task<IResult> UnsilenceAsync(string id, HttpContext http) =>
        Answer(id, await actions.UnsilenceAsync(id, By(CommandBody.None, http), http.RequestAborted));

    public static string By(CommandBody body, HttpContext http) => body.By is null ? WriteGuard.CallerOf(http) : $"{body.By} ({WriteGuard.CallerOf(http)})";

    private static IResult Answer(string id, ActionOutcome outcome) => outcome switch
    {
        { Alarm: null } => NoSuchAlarm(id),
        { Refusal: { } refusal } => Conflict(refusal),
        { Alarm: var alarm } => TypedResults.Json(alarm, ApiJson.Default.AlarmAnswer),
    };

    public static async Task<(CommandBody? Body, IResult? Unreadable)> ReadAsync(HttpContext http, Func<JsonElement, CommandBody> read)
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

    private static ProblemHttpResult NoSuchAlarm(string id) => Refusals.NoSuchAlarm(id);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "Nothing to do");
}
