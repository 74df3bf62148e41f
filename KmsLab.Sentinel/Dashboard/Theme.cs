using KmsLab.Sentinel.Access;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>
/// Light, dark, or what the viewer's system says; the choice is a cookie that says nothing else. css/sentinel.css has the colours of each.
/// </summary>
internal static class Theme
{
    private const string Cookie = "kmslab-theme";
    private const string System = "system";

    private static readonly string[] Chosen = ["light", "dark"];

    /// <summary>The name of what the request's cookie asks for.</summary>
    public static string Of(HttpContext? http) => Chosen.FirstOrDefault(theme => theme == http?.Request.Cookies[Cookie]) ?? System;

    /// <summary><c>GET /theme/{name}?back=/alarms</c>: keeps the choice and goes back.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/theme/{name}", (string name, string? back, HttpContext http) =>
    {
        var options = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365) };
        if (Chosen.Contains(name))
            http.Response.Cookies.Append(Cookie, name, options);
        else
            http.Response.Cookies.Delete(Cookie, options);
        return TypedResults.LocalRedirect(LocalPath.Of(back));
    });
}
