using System.Collections.Frozen;
using System.Net;

namespace KmsLab.Sentinel.Access;

/// <summary>Where a request comes from: this machine, a page of another site.</summary>
internal static class RequestOrigin
{
    /// <summary>What proxies add beside <c>X-Forwarded-*</c>: RFC 7239, RFC 9110 §7.6.3, nginx's custom, Cloudflare's.</summary>
    private static readonly FrozenSet<string> ProxyHeaders =
        FrozenSet.ToFrozenSet(["Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a program on this machine asks for this machine. What a proxy forwarded is not, even from here; nor what was made to another name than the
    /// machine's own: a name that some page made point here (DNS rebinding). A proxy on this machine that says in no header that it is one, and asks for
    /// localhost, can't be told from a program here.
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
        ProxyHeaders.Contains(header)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
