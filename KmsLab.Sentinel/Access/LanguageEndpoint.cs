using KmsLab.Sentinel.Languages;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// <c>GET /language/{name}?back=/alarms</c>: keeps the language that somebody chose, and goes back. The login has one, too.
/// </summary>
internal static class LanguageEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/language/{name}", (string name, string? back, HttpContext http) =>
    {
        Language.Keep(http, name);
        return TypedResults.LocalRedirect(LocalPath.Of(back));
    }).AllowAnonymous();

    /// <summary>The address that chooses a language on the page <paramref name="back"/>.</summary>
    public static string To(string language, string back) => $"/language/{language}?back={Uri.EscapeDataString(back)}";
}
