using KmsLab.Sentinel.Access;

namespace KmsLab.Sentinel.Http;

/// <summary>Takes changes as JSON only, and knows who makes them.</summary>
/// <remarks>
/// Who may is decided before, by <see cref="AccessHandler"/>, and pages of other sites are refused by <see cref="CrossSiteGuard"/>. This says
/// it once more: a browser sends a form or a plain text from any page to any address without asking; JSON and DELETE only after a preflight request, which
/// this API never grants.
/// </remarks>
internal sealed class WriteGuard : IEndpointFilter
{
    /// <summary>Whom the guard let in.</summary>
    public static string CallerOf(HttpContext http) => http.User.Identity?.Name ?? throw new InvalidOperationException("An endpoint that changes things was left open.");

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        HttpMethods.IsPost(context.HttpContext.Request.Method) && !context.HttpContext.Request.HasJsonContentType()
            ? ValueTask.FromResult<object?>(TypedResults.Problem(
                "Send a JSON object with Content-Type: application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Not JSON"))
            : next(context);
}
