using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.Http.Lists;
using KmsLab.Sentinel.Queries;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http;

/// <summary>Silences by matcher over HTTP: lists, previews, makes and ends them.</summary>
internal sealed class SilenceApi(Silencing silences, AlarmOptions options, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/silences", ListAsync).Answers<IReadOnlyList<SilenceAnswer>>("getSilences", "Silences by matcher, the one that ends last first", 400);
        var guarded = api.MapGroup("/silences").AddEndpointFilter<WriteGuard>().WithMetadata(new RequestSizeLimitAttribute(CommandBody.MaxBytes));
        guarded.MapPost("", (HttpContext http, SilenceApi silences) => silences.AddAsync(http))
            .Accepts<MatchedSilenceBody>("application/json", AlarmCommands.AnyType).Answers<SilenceAnswer>("addSilence", "Silence alarms by matcher", 400, 415);
        guarded.MapPost("/preview", (HttpContext http, SilenceApi silences) => silences.PreviewAsync(http))
            .Accepts<PreviewBody>("application/json", AlarmCommands.AnyType).Answers<SilencePreview>("previewSilence", "Alarms that a silence would cover", 400, 415);
        guarded.MapDelete("/{id}", (string id, HttpContext http, SilenceApi silences) => silences.ExpireAsync(id, http))
            .Answers<SilenceAnswer>("expireSilence", "End a silence now", 404, 409);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] SilenceFilter filter, Silencing silences, HttpContext http, CancellationToken cancellationToken)
    {
        var errors = filter.Check().ToDictionary();
        if (errors.Count > 0)
            return TypedResults.ValidationProblem(errors, "Some parameters are wrong; errors says which, and what to send.");

        return TypedResults.Json(
            PageCursor.Page(http, filter.Of(await silences.ReadAsync(cancellationToken)), silence => silence.Ends, silence => silence.Id, filter.Limit),
            ApiJson.Default.IReadOnlyListSilenceAnswer);
    }

    private async Task<IResult> AddAsync(HttpContext http)
    {
        var (body, unreadable) = await AlarmCommands.ReadAsync(http, json => Checked(CommandBody.OfMatchedSilence(json, time.GetUtcNow(), options.LongestSilence)));
        return body is null
            ? unreadable!
            : TypedResults.Json(
                await silences.AddAsync(body.Matcher!, body.Starts, body.Until!.Value, AlarmCommands.By(body, http), body.Reason, http.RequestAborted),
                ApiJson.Default.SilenceAnswer);
    }

    private async Task<IResult> PreviewAsync(HttpContext http)
    {
        var (body, unreadable) = await AlarmCommands.ReadAsync(http, json => Checked(CommandBody.OfPreview(json)));
        return body is null ? unreadable! : TypedResults.Json(await silences.PreviewAsync(body.Matcher!, http.RequestAborted), ApiJson.Default.SilencePreview);
    }

    private async Task<IResult> ExpireAsync(string id, HttpContext http) => await silences.ExpireAsync(id, WriteGuard.CallerOf(http), http.RequestAborted) switch
    {
        { Silence: null } => TypedResults.Problem($"There is no silence {id}. GET /api/silences lists them.", statusCode: StatusCodes.Status404NotFound, title: "No such silence"),
        { Refusal: { } refusal } => TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "Nothing to do"),
        { Silence: var silence } => TypedResults.Json(silence, ApiJson.Default.SilenceAnswer),
    };

    private CommandBody Checked(CommandBody body)
    {
        if (body.Matcher is { } matcher && body.Errors.Count == 0 && silences.Check(matcher) is { Count: > 0 } problems)
            body.Wrong("matcher", string.Join(" ", problems));
        if (body.Starts is { } starts && body.Until is { } until && silences.CheckSpan(starts, until) is { } problem)
            body.Wrong("starts", problem);
        return body;
    }
}
