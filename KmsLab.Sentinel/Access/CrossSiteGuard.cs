namespace KmsLab.Sentinel.Access;

/// <summary>Refuses what pages of other sites ask for through the browser of somebody who may look; each request, before anything else.</summary>
internal static class CrossSiteGuard
{
    public static Task RefuseAsync(HttpContext http, RequestDelegate next) => RequestOrigin.IsCrossSite(http.Request)
        ? TypedResults.Problem(
            "Pages of other sites may not change anything here, nor read. If this is Sentinel's own page behind a proxy, the proxy must pass on Host and "
            + "X-Forwarded-Proto, and Sentinel needs ASPNETCORE_FORWARDEDHEADERS_ENABLED=true.",
            statusCode: StatusCodes.Status403Forbidden, title: "Cross-site request").ExecuteAsync(http)
        : next(http);
}
