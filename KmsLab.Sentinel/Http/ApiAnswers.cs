using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Net.Http.Headers;

namespace KmsLab.Sentinel.Http;

/// <summary>
/// What all answers under <c>/api</c> have in common: an error without a body gets problem details, whatever the caller accepts; an answer to GET has an
/// ETag, and 304 tells whoever has it already.
/// </summary>
internal static class ApiAnswers
{
    public static void UseApiAnswers(this IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api"), api => api.Use(ExplainAsync).Use(TagAsync));

    private static async Task ExplainAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response is { HasStarted: false, StatusCode: >= 400 and < 600, ContentLength: null or 0, ContentType: null })
            await ProblemOf(http).ExecuteAsync(http);
    }

    private static ProblemHttpResult ProblemOf(HttpContext http)
    {
        if (http.Response.StatusCode is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
            return TypedResults.Problem(statusCode: http.Response.StatusCode);

        var methods = MethodsOf(http);
        if (methods.Count == 0)
        {
            return TypedResults.Problem(
                $"There is no {http.Request.Path}. GET /api lists what there is, and /docs describes it.", statusCode: StatusCodes.Status404NotFound, title: "No such address");
        }

        http.Response.Headers.Allow = string.Join(", ", methods);
        return TypedResults.Problem(
            $"{http.Request.Path} takes {string.Join(" and ", methods)}.", statusCode: StatusCodes.Status405MethodNotAllowed, title: "Not this method");
    }

    /// <summary>Methods that the address takes. Routing does not tell: the page answers GET on any address, with its own 404.</summary>
    private static List<string> MethodsOf(HttpContext http) =>
    [
        .. http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api", StringComparison.Ordinal) == true
                && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(http.Request.Path, []))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Holds an answer back until its hash is known. A stream has no end, and no ETag.</summary>
    private static async Task TagAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<Endless>() is not null)
        {
            await next(http);
            return;
        }

        var response = http.Response.Body;
        using var held = new MemoryStream();
        http.Response.Body = held;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = response;
        }

        if (http.Response.StatusCode == StatusCodes.Status200OK)
        {
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(held.GetBuffer().AsSpan(0, (int)held.Length))[..16])}\"");
            http.Response.Headers.ETag = tag.ToString();
            if (http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || known.Compare(tag, useStrongComparison: false)))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                http.Response.ContentLength = null;
                http.Response.ContentType = null;
                return;
            }
        }

        held.Position = 0;
        await held.CopyToAsync(response, http.RequestAborted);
    }

    /// <summary>Marks an endpoint whose answer is a stream.</summary>
    internal sealed class Endless
    {
        public static readonly Endless Marker = new();
    }
}
