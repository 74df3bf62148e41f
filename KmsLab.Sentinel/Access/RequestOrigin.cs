using System.Net;

namespace KmsLab.Sentinel.Access;

/// <summary>Where a request comes from: this machine, a page of another site.</summary>
internal static class RequestOrigin
{
    /// <summary>
    /// Whether a program on this machine asks for this machine. What a proxy forwarded is not, even from here; nor what was made to another name than the
    /// machine's own: a name that some page made point here (DNS rebinding).
    /// </summary>
    /// <remarks><c>X-Original-*</c> is what is left of <c>X-Forwarded-*</c> where ASP.NET Core has already taken it in.</remarks>
    public static bool IsLocal(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !request.Headers.Keys.Any(IsForwarded)
        && IsLoopbackName(request.Host.Host);

    /// <summary>
    /// Whether a page of another site makes the browser ask. Following a link is no harm: it shows its user what the user may see. Anything else is:
    /// changes, and the page's WebSocket, which the same-origin policy does not cover.
    /// </summary>
    /// <remarks>https://www.w3.org/TR/fetch-metadata/. Browsers send Origin with every WebSocket handshake and POST; programs send neither.</remarks>
    public static bool IsCrossSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none") && !IsNavigation(request))
            return true;

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    private static bool IsForwarded(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
