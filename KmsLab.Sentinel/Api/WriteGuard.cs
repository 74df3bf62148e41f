using System.Net;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Api;

/// <summary>Lets only known clients change things, and no web page of another site through the browser of somebody who may.</summary>
/// <remarks>
/// A browser sends a form or a plain text from any page to any address without asking; JSON and DELETE only after a preflight request, which this API
/// never grants. Origin and Sec-Fetch-Site say it once more, and the Host of an open loopback must be the machine's own: a name that some page made
/// point here (DNS rebinding) is not.
/// </remarks>
internal sealed class WriteGuard(IOptions<SentinelOptions> options) : IEndpointFilter
{
    /// <summary>Who writes without a key.</summary>
    public const string Loopback = "loopback";

    private static readonly object CallerKey = new();

    private readonly ApiOptions _options = options.Value.Api;

    /// <summary>Whom the guard let in.</summary>
    public static string CallerOf(HttpContext http) => (string)http.Items[CallerKey]!;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Refuse(context.HttpContext) is { } refusal ? ValueTask.FromResult<object?>(refusal) : next(context);

    private ProblemHttpResult? Refuse(HttpContext http)
    {
        if (IsCrossSite(http.Request))
            return TypedResults.Problem("Pages of other sites may not change anything here.", statusCode: StatusCodes.Status403Forbidden, title: "Cross-site request");

        if (CallerOf(http.Request) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"KmsLab Sentinel\"";
            return TypedResults.Problem(
                $"Send a valid API key, as {ApiKeyHeader.Name} or as Authorization: Bearer. 'KmsLab.Sentinel new-api-key NAME' makes one.",
                statusCode: StatusCodes.Status401Unauthorized, title: "Not authenticated");
        }

        if (HttpMethods.IsPost(http.Request.Method) && !http.Request.HasJsonContentType())
            return TypedResults.Problem("Send a JSON object with Content-Type: application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Not JSON");

        http.Items[CallerKey] = caller;
        return null;
    }

    /// <summary>A key decides where one is sent; a wrong one is refused even where none is needed.</summary>
    private string? CallerOf(HttpRequest request) => ApiKeyHeader.Read(request) is { Length: > 0 } key
        ? ApiClientOptions.NameOf(key, _options.Keys)
        : _options.OpenOnLoopback && IsLocal(request) ? Loopback : null;

    private static bool IsLocal(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !request.Headers.ContainsKey("Forwarded") && !request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
        && IsLoopbackName(request.Host.Host);

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsCrossSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
            return true;

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
