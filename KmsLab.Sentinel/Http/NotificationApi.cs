using System.Text.Json;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.Publishing;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http;

/// <summary><c>POST /api/notifications/test {"channel"?}</c>: sends a test message on each channel, or on one, and answers what became of it.</summary>
internal static class NotificationApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/notifications/test", TestAsync)
        .Accepts<TestBody>("application/json", AlarmCommands.AnyType)
        .Answers<IReadOnlyList<ChannelTestResult>>("testNotifications", "Send a test message on each channel", 400, 415)
        .AddEndpointFilter<WriteGuard>().WithMetadata(new RequestSizeLimitAttribute(CommandBody.MaxBytes));

    private static async Task<IResult> TestAsync(HttpContext http, ChannelTest test)
    {
        string? channel;
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (ProblemOf(json.RootElement, test) is { } problem)
                return TypedResults.ValidationProblem(problem, "Some members are wrong; errors says which, and what to send.");
            channel = json.RootElement.TryGetProperty("channel", out var given) ? given.GetString() : null;
        }
        catch (JsonException)
        {
            return TypedResults.Problem("The body is no valid JSON.", statusCode: StatusCodes.Status400BadRequest, title: "The request can't be read");
        }
        catch (BadHttpRequestException unreadable)
        {
            return TypedResults.Problem(unreadable.Message, statusCode: unreadable.StatusCode, title: "The request can't be read");
        }

        return TypedResults.Json(await test.RunAsync(channel, WriteGuard.CallerOf(http), http.RequestAborted), ApiJson.Default.IReadOnlyListChannelTestResult);
    }

    private static Dictionary<string, string[]>? ProblemOf(JsonElement body, ChannelTest test)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return new() { ["body"] = ["must be a JSON object such as {} or {\"channel\": \"webhook:ops\"}."] };
        if (body.EnumerateObject().FirstOrDefault(member => member.Name != "channel") is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            return new() { [unknown.Name] = ["is not known here: channel is."] };
        if (!body.TryGetProperty("channel", out var channel) || channel.ValueKind == JsonValueKind.Null)
            return null;
        return channel.ValueKind == JsonValueKind.String && test.Names.Contains(channel.GetString())
            ? null
            : new() { ["channel"] = [$"is no channel{NearestName.Question(channel.ToString(), test.Names)} There are {string.Join(", ", test.Names)}."] };
    }
}
