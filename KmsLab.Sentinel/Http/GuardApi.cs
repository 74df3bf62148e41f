using System.Text.Json;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.TrailHealth.Guard;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http;

/// <summary>
/// <c>POST /api/guard/accept {"reason", "by"?}</c>: what departs now is the new baseline. Answered once it is written down; the loop takes it in with its
/// next turn, so any Sentinel may be asked.
/// </summary>
internal static class GuardApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/guard/accept", AcceptAsync)
        .Accepts<AcknowledgeBody>("application/json", AlarmCommands.AnyType).Answers<GuardAcceptance>("acceptTrail", "What departs now is the new baseline", 400, 409, 415)
        .AddEndpointFilter<WriteGuard>().WithMetadata(new RequestSizeLimitAttribute(CommandBody.MaxBytes));

    private static async Task<IResult> AcceptAsync(HttpContext http, GuardQuery guard)
    {
        CommandBody body;
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            body = CommandBody.OfAcknowledgement(json.RootElement);
        }
        catch (JsonException)
        {
            return TypedResults.Problem("The body is no valid JSON.", statusCode: StatusCodes.Status400BadRequest, title: "The request can't be read");
        }
        catch (BadHttpRequestException unreadable)
        {
            return TypedResults.Problem(unreadable.Message, statusCode: unreadable.StatusCode, title: "The request can't be read");
        }

        if (body.Errors.Count > 0)
            return TypedResults.ValidationProblem(body.Errors, "Some members are wrong; errors says which, and what to send.");

        var by = body.By is null ? WriteGuard.CallerOf(http) : $"{body.By} ({WriteGuard.CallerOf(http)})";
        var acceptance = await guard.AcceptAsync(by, body.Reason, http.RequestAborted);
        return acceptance.Facts.Count > 0
            ? TypedResults.Json(acceptance, ApiJson.Default.GuardAcceptance)
            : TypedResults.Problem("Nothing departs from what is accepted.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to do");
    }
}
