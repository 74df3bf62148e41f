using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Sentinel.Http;

/// <summary>What the page shows beyond alarms and status, as JSON.</summary>
internal static class UsageApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/activity", ActivityAsync).Answers<ActivityAnswer>("getActivity", "Calls over time, what is normal of them, and the alarms of that time", 400);
        api.MapGet("/usage", UsageAsync).Answers<UsageAnswer>("getUsage", "Who used which key", 400);
        api.MapGet("/usage/names", NamesAsync).Answers<UsageNames>("getUsageNames", "The keys and principals there are");
        api.MapGet("/detections", DetectionsAsync).Answers<IReadOnlyList<DetectionAnswer>>("getDetections", "What raises an alarm, and how often it did");
        api.MapGet("/alarms/{id}/chart", ChartAsync).Answers<AlarmChartAnswer>("getAlarmChart", "What was counted for an alarm", 404);
    }

    private static async Task<JsonHttpResult<ActivityAnswer>> ActivityAsync([AsParameters] ActivityFilter filter, ActivityQuery query, CancellationToken cancellationToken) =>
        TypedResults.Json(await query.ReadAsync(filter, cancellationToken), ApiJson.Default.ActivityAnswer);

    private static async Task<JsonHttpResult<UsageAnswer>> UsageAsync([AsParameters] UsageFilter filter, UsageQuery query, CancellationToken cancellationToken) =>
        TypedResults.Json(await query.ReadAsync(filter, cancellationToken), ApiJson.Default.UsageAnswer);

    private static async Task<JsonHttpResult<UsageNames>> NamesAsync(UsageQuery query, CancellationToken cancellationToken) =>
        TypedResults.Json(await query.NamesAsync(cancellationToken), ApiJson.Default.UsageNames);

    private static async Task<JsonHttpResult<IReadOnlyList<DetectionAnswer>>> DetectionsAsync(DetectionsQuery query, CancellationToken cancellationToken) =>
        TypedResults.Json(await query.ReadAsync(cancellationToken), ApiJson.Default.IReadOnlyListDetectionAnswer);

    private static async Task<Results<JsonHttpResult<AlarmChartAnswer>, ProblemHttpResult>> ChartAsync(
        string id, AlarmQuery alarms, AlarmChartQuery query, CancellationToken cancellationToken)
    {
        if (await alarms.FindAsync(id, cancellationToken) is not { } alarm)
            return Refusals.NoSuchAlarm(id);

        return await query.ReadAsync(alarm, Texts.English, cancellationToken) is { } chart
            ? TypedResults.Json(chart, ApiJson.Default.AlarmChartAnswer)
            : TypedResults.Problem(
                $"The alarm's detection {alarm.Detection} is no longer configured.", statusCode: StatusCodes.Status404NotFound, title: "No chart");
    }
}
