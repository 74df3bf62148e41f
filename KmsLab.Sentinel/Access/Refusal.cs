using KmsLab.Sentinel.Access.Pages;
using KmsLab.Sentinel.Languages;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Sentinel.Access;

/// <summary>What somebody gets who may not look: programs an error that says what to send, people the login; and where no login can succeed, what to configure.</summary>
internal static class Refusal
{
    private const string SendAKey = $"Send a valid API key, as {ApiKeyHeader.Name} or as Authorization: Bearer. 'KmsLab.Sentinel new-api-key NAME' makes one.";

    public static Task AnswerAsync(HttpContext http, AccessSettings settings)
    {
        if (http.Features.Get<SessionInDoubt>() is not null)
            return UnavailableAsync(http);
        if (!IsPage(http.Request))
            return Program(http, settings).ExecuteAsync(http);

        return settings.HasKeys
            ? TypedResults.Redirect($"{http.Request.PathBase}/login{QueryString.Create("returnUrl", $"{http.Request.Path}{http.Request.QueryString}")}").ExecuteAsync(http)
            : ClosedAsync(http, settings);
    }

    /// <summary>The answer where a session can't be judged, or ended, without the database.</summary>
    public static Task UnavailableAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        IResult answer = IsPage(http.Request) || http.Request.HasFormContentType
            ? new RazorComponentResult<Closed>(new { About = "Refusal.Unavailable" }) { StatusCode = StatusCodes.Status503ServiceUnavailable }
            : TypedResults.Problem(Texts.English["Refusal.Unavailable"], statusCode: StatusCodes.Status503ServiceUnavailable, title: "The database is down");
        return answer.ExecuteAsync(http);
    }

    /// <summary>The page where no login can succeed.</summary>
    public static Task ClosedAsync(HttpContext http, AccessSettings settings) =>
        new RazorComponentResult<Closed>(new { About = Reason(settings) }) { StatusCode = StatusCodes.Status403Forbidden }.ExecuteAsync(http);

    private static ProblemHttpResult Program(HttpContext http, AccessSettings settings)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"KmsLab Sentinel\"";
        return TypedResults.Problem(settings.HasKeys ? SendAKey : Texts.English[Reason(settings)], statusCode: StatusCodes.Status401Unauthorized, title: "Not authenticated");
    }

    private static string Reason(AccessSettings settings) => settings.HasLoadBalancer ? "Refusal.LoadBalancer" : "Refusal.Nobody";

    /// <summary>Tells whether a person opens a page in a browser; what pages and programs fetch is none.</summary>
    public static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/_blazor") && !request.Path.StartsWithSegments("/_framework");
}
