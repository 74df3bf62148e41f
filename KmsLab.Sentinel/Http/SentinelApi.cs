using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Http.Lists;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Trail;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Sentinel.Http;

/// <summary>The HTTP API: what Sentinel reads, what it counted, and what it found. JSON in camelCase, instants in UTC, spans of time in seconds.</summary>
internal static class SentinelApi
{
    private const string Landing = """
        KmsLab Sentinel watches how this AWS account uses its KMS keys.

          /api/status       what it reads, how far it is, what it could not parse
          /api/rates        calls by key, principal, operation and outcome, in buckets of event time
          /api/baselines    what a set's principal normally does, and what it did: ?set=&principal=
          /api/contexts     distinct encryption contexts by day, key and principal
          /api/activity     calls over time, what is normal of them, and the alarms of that time: ?from=&to=&keyArn=&principal=
          /api/usage        who used which key; /names lists the keys and principals there are
          /api/detections   what raises an alarm, and how often it did
          /api/alarms       alarms with their evidence: ?state=&detection=&from=&to=&limit=&cursor=; /stream tells what happens, as server-sent events
          /api/alarms/{id}  one of them; /history tells what happened to it, /chart what was counted, /tuning what would have kept it quiet;
                            POST /acknowledge, /silence, /comments and /close what people do about it, DELETE takes the first, second and last back
          /api/silences     alarms that nobody is told of for a while, by matcher; POST makes one, /preview says what it would cover, DELETE /{id} ends it
          /api/alarms/{id}/records, /records/{eventId}, /timeline, /export?format=json|csv|ocsf   what an alarm rests on, and what its principal did around it
          /api/keys         names of keys: aliases and tags
          /api/guard/accept POST: what the trail guard finds changed is the new baseline
          /api/notifications/test POST: a test message on each channel
          /docs             all this in detail; /openapi/v1.json for programs
          /health, /alive   whether it is ready, whether it lives

        """;

    public static void MapSentinelApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").AddEndpointFilter(NoStoreAsync).AddEndpointFilterFactory(QueryGuard.Create)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        api.MapGet("/", () => TypedResults.Text(Landing)).ExcludeFromDescription();
        api.MapGet("/status", StatusAsync).WithMetadata(InDoubt.LetIn).Answers<StatusAnswer>("getStatus", "How far Sentinel is, and how it goes");
        api.MapGet("/rates", RatesAsync).Answers<RatesAnswer>("getRates", "Calls by key, principal, operation and outcome", 400);
        api.MapGet("/baselines", BaselineAsync).Answers<BaselineAnswer>("getBaseline", "What a set's principal normally does, and what it did", 400, 404);
        api.MapGet("/contexts", ContextsAsync).Answers<IReadOnlyList<ContextsAnswer>>("getContexts", "Distinct encryption contexts by day, key and principal", 400);
        UsageApi.Map(api);
        api.MapGet("/alarms", AlarmsAsync).Answers<IReadOnlyList<AlarmAnswer>>("getAlarms", "Alarms with their evidence, the latest change first", 400);
        api.MapGet("/alarms/stream", AlarmStream.Open).WithMetadata(ApiAnswers.Endless.Marker).WithName("streamAlarms").WithTags("Alarms")
            .WithSummary("What happens to alarms, as server-sent events").Produces<string>(200, "text/event-stream").ProducesProblem(400);
        api.MapGet("/alarms/{id}", AlarmAsync).Answers<AlarmAnswer>("getAlarm", "One alarm", 404);
        AlarmCommands.Map(api);
        EvidenceApi.Map(api);
        SilenceApi.Map(api);
        GuardApi.Map(api);
        NotificationApi.Map(api);
    }

    private static async Task<JsonHttpResult<StatusAnswer>> StatusAsync(StatusQuery query, WatchQuery watch, CancellationToken cancellationToken) =>
        TypedResults.Json(await watch.AddToAsync(await query.ReadAsync(cancellationToken), cancellationToken), ApiJson.Default.StatusAnswer);

    private static async Task<JsonHttpResult<IReadOnlyList<ContextsAnswer>>> ContextsAsync([AsParameters] ContextsFilter filter, ContextsQuery query, CancellationToken cancellationToken) =>
        TypedResults.Json(await query.ReadAsync(filter, cancellationToken), ApiJson.Default.IReadOnlyListContextsAnswer);

    private static async Task<JsonHttpResult<RatesAnswer>> RatesAsync(
        [AsParameters] RatesFilter filter, RatesQuery query, WatermarkQuery watermarks, TimeProvider time, CancellationToken cancellationToken)
    {
        var series = await query.ReadAsync(filter, cancellationToken);
        var asOf = (await watermarks.ReadAsync(cancellationToken)).Known;
        return TypedResults.Json(new RatesAnswer(asOf, Watermark.LagOf(asOf, time.GetUtcNow()), series), ApiJson.Default.RatesAnswer);
    }

    private static async Task<Results<JsonHttpResult<BaselineAnswer>, ProblemHttpResult>> BaselineAsync([AsParameters] BaselineFilter filter, BaselinesQuery query, CancellationToken cancellationToken) =>
        await query.ReadAsync(filter, cancellationToken) is { } baseline
            ? TypedResults.Json(baseline, ApiJson.Default.BaselineAnswer)
            : TypedResults.Problem(
                "Nothing is learned of this group. GET /api/rates lists principals; set is a protected set's name, or a key's ARN.", statusCode: StatusCodes.Status404NotFound, title: "No such baseline");

    private static async Task<IResult> AlarmsAsync(
        [AsParameters] AlarmFilter filter, AlarmQuery query, DetectionCatalog catalog, HttpContext http, CancellationToken cancellationToken)
    {
        var errors = filter.Check([.. catalog.All.Select(detection => detection.Definition.Id)]).ToDictionary();
        if (errors.Count > 0)
            return TypedResults.ValidationProblem(errors, "Some parameters are wrong; errors says which, and what to send.");

        var alarms = await query.ListAsync(filter.ToListing(), cancellationToken);
        return TypedResults.Json(
            PageCursor.Page(http, alarms, alarm => alarm.ChangedAt, alarm => alarm.Id, filter.Limit),
            ApiJson.Default.IReadOnlyListAlarmAnswer);
    }

    private static async Task<Results<JsonHttpResult<AlarmAnswer>, ProblemHttpResult>> AlarmAsync(string id, AlarmQuery query, CancellationToken cancellationToken) =>
        await query.FindAsync(id, cancellationToken) is { } alarm ? TypedResults.Json(alarm, ApiJson.Default.AlarmAnswer) : Refusals.NoSuchAlarm(id);

    private static ValueTask<object?> NoStoreAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }
}
