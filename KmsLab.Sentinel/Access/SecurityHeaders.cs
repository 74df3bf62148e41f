namespace KmsLab.Sentinel.Access;

/// <summary>What browsers are told with each answer: that Sentinel's page is made of Sentinel's own files and nothing else, and that nobody keeps or frames it.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// The Content-Security-Policy (https://www.w3.org/TR/CSP3/). A page that needs a nonce says so with a <see cref="PagePolicy"/>.
    /// </summary>
    public const string Policy =
        "default-src 'none'; " // What is not named below.
        + "script-src 'self'; " // Blazor's script and ours; never inline ones, which is what injected markup would bring.
        + "style-src 'self'; " // Our style sheets.
        + "style-src-attr 'unsafe-inline'; " // Component libraries set widths and heights in style attributes, which can't load or run anything.
        + "img-src 'self' data:; " // Icons within style sheets.
        + "font-src 'self'; "
        + "connect-src 'self'; " // The page's WebSocket: 'self' covers wss: for https: and ws: for http: (CSP3 §6.7.2.8).
        + "base-uri 'self'; " // Blazor's page has a <base>; an injected one must not point elsewhere.
        + "form-action 'self'; " // Keys go to our own login only.
        + "frame-ancestors 'none'"; // No click is stolen.

    /// <summary>Nothing that a page which shows text needs.</summary>
    private const string Permissions = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    /// <summary>Sets them when the answer starts, over whatever others have set: an error handler clears headers that were set before.</summary>
    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(Set, http.Response);
        return next(http);
    }

    private static Task Set(object state)
    {
        var response = (HttpResponse)state;
        var headers = response.Headers;
        headers.ContentSecurityPolicy = response.HttpContext.Features.Get<PagePolicy>()?.Value ?? Policy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with it browsers send our own forms as Origin: null, which no guard can tell from another site's.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        // Files say themselves how long they may be kept; evidence is kept nowhere.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
