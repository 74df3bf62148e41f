using System.Net;

namespace KmsLab.Simulator.Http;

/// <summary>Keeps pages of other sites from attacking the lab through the browser of somebody who works on this machine.</summary>
/// <remarks>
/// <para>The service listens on loopback and asks nobody who they are, so every open page of the machine can send it requests.</para>
/// <list type="bullet">
/// <item><c>Host</c> is a name of this machine: a site that points its own name to 127.0.0.1 (DNS rebinding) is not.</item>
/// <item><c>Origin</c>, where there is one, is the service's own, and <c>Sec-Fetch-Site</c> is not another site's.</item>
/// <item>A POST is JSON: forms and plain texts are what a browser sends anywhere without asking first.</item>
/// </list>
/// </remarks>
internal static class RequestGuard
{
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Refusal(http.Request) is var (status, title, detail)
            ? TypedResults.Problem(detail, statusCode: status, title: title).ExecuteAsync(http)
            : next(http);
    }

    private static (int Status, string Title, string Detail)? Refusal(HttpRequest request)
    {
        if (!IsThisMachine(request.Host.Host))
        {
            return (StatusCodes.Status421MisdirectedRequest, "Not this machine's name",
                "The simulator answers to localhost, 127.0.0.1 and [::1] only, so that no site can reach it by a name of its own.");
        }

        if (request.Headers.Origin is { Count: > 0 } origin && origin != $"{request.Scheme}://{request.Host}")
        {
            return (StatusCodes.Status403Forbidden, "Another origin",
                "Pages of other origins may not use the simulator: Origin is not its own address.");
        }

        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
            return (StatusCodes.Status403Forbidden, "Cross-site request", "Pages of other sites may not use the simulator.");
        if (HttpMethods.IsPost(request.Method) && !request.HasJsonContentType())
            return (StatusCodes.Status415UnsupportedMediaType, "Not JSON", "Send a JSON object with Content-Type: application/json.");
        return null;
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) && IsDotted(host, address));

    /// <summary>127.1 and 2130706433 are 127.0.0.1, too, but nobody writes them who means well.</summary>
    private static bool IsDotted(string host, IPAddress address) => host.Trim('[', ']') == address.ToString();
}
