using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Sentinel.Http;

/// <summary>Answers of several addresses that say no.</summary>
internal static class Refusals
{
    public static ProblemHttpResult NoSuchAlarm(string id) =>
        TypedResults.Problem($"There is no alarm {id}. GET /api/alarms lists them.", statusCode: StatusCodes.Status404NotFound, title: "No such alarm");
}
