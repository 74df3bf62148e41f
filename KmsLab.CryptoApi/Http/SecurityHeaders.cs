namespace KmsLab.CryptoApi.Http;

/// <summary>What browsers and caches are told with every answer, errors included.</summary>
internal static class SecurityHeaders
{
    /// <summary>An answer of the API is data: nothing in it may run, load or be framed.</summary>
    private const string NothingRuns = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private const string OneYear = "max-age=31536000";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        // When the answer starts, because the exception handler clears headers that were set before.
        http.Response.OnStarting(static state => SetAsync((HttpContext)state), http);
        return next(http);
    });

    private static Task SetAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // for browsers that don't know frame-ancestors
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = NothingRuns;
        // Over plain HTTP browsers ignore it, and on a laptop it would lock http://localhost out for every other program there.
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = OneYear;
        return Task.CompletedTask;
    }
}
