using KmsLab.Sentinel.Access;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Light, dark, or what the viewer's system says; the choice is a cookie that says nothing else.</summary>
internal sealed record Theme(string Name, IReadOnlyList<ThemeSheet> Sheets)
{
    private const string Cookie = "kmslab-theme";
    private const string Light = "_content/Radzen.Blazor/css/standard";
    private const string Dark = "_content/Radzen.Blazor/css/standard-dark";

    public static Theme System { get; } = new(
        "system",
        [
            new($"{Light}-base.css", "(prefers-color-scheme: light)"), new($"{Light}-wcag.css", "(prefers-color-scheme: light)"),
            new($"{Dark}-base.css", "(prefers-color-scheme: dark)"), new($"{Dark}-wcag.css", "(prefers-color-scheme: dark)"),
        ]);

    private static readonly Theme[] Chosen =
    [
        new("light", [new($"{Light}-base.css", "all"), new($"{Light}-wcag.css", "all")]),
        new("dark", [new($"{Dark}-base.css", "all"), new($"{Dark}-wcag.css", "all")]),
    ];

    /// <summary>What the request's cookie asks for.</summary>
    public static Theme Of(HttpContext? http) => Chosen.FirstOrDefault(theme => theme.Name == http?.Request.Cookies[Cookie]) ?? System;

    /// <summary><c>GET /theme/{name}?back=/alarms</c>: keeps the choice and goes back.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/theme/{name}", (string name, string? back, HttpContext http) =>
    {
        var options = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365) };
        if (Chosen.Any(theme => theme.Name == name))
            http.Response.Cookies.Append(Cookie, name, options);
        else
            http.Response.Cookies.Delete(Cookie, options);
        return TypedResults.LocalRedirect(LocalPath.Of(back));
    });
}

/// <summary>A style sheet of the component library, and for which system setting it counts.</summary>
internal sealed record ThemeSheet(string Path, string Media);
