using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace KmsLab.Sentinel.Languages;

/// <summary>
/// The language of whoever looks: what they chose, kept in a cookie that says nothing else, or what their browser asks for.
/// </summary>
/// <remarks>Only texts have a language here: the culture that formats stays invariant, and pages take formats from the browser.</remarks>
internal static class Language
{
    public const string English = "en";
    public const string Spanish = "es";

    private const string Cookie = "kmslab-language";

    /// <summary>All that there are, the default first.</summary>
    public static IReadOnlyList<string> All { get; } = [English, Spanish];

    public static CultureInfo CultureOf(string language) => CultureInfo.GetCultureInfo(language);

    /// <summary>The language of a culture, English for any that there is not.</summary>
    public static string NameOf(CultureInfo culture) => All.FirstOrDefault(language => language == culture.Name) ?? English;

    /// <summary>The name of a language, in that language.</summary>
    public static string OwnNameOf(string language) => language == Spanish ? "Español" : "English";

    public static void AddLanguages(this IServiceCollection services) => services.Configure<RequestLocalizationOptions>(options =>
    {
        options.DefaultRequestCulture = new(CultureInfo.InvariantCulture, CultureOf(English));
        options.SupportedCultures = [CultureInfo.InvariantCulture];
        options.SupportedUICultures = [.. All.Select(CultureOf)];
        options.RequestCultureProviders = [new CustomRequestCultureProvider(http => Task.FromResult<ProviderCultureResult?>(new("", Of(http.Request))))];
    });

    /// <summary>The language of a request. Regions don't matter: <c>es-MX</c> reads Spanish.</summary>
    public static string Of(HttpRequest request) =>
        All.FirstOrDefault(language => language == request.Cookies[Cookie])
        ?? request.GetTypedHeaders().AcceptLanguage.Where(asked => asked.Quality is not 0).OrderByDescending(asked => asked.Quality ?? 1)
            .Select(asked => All.FirstOrDefault(language => IsOf(asked.Value.AsSpan(), language))).OfType<string>().FirstOrDefault()
        ?? English;

    /// <summary>Keeps a choice in the browser; one that there is not takes the choice back.</summary>
    public static void Keep(HttpContext http, string language)
    {
        var options = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365) };
        if (All.Contains(language))
            http.Response.Cookies.Append(Cookie, language, options);
        else
            http.Response.Cookies.Delete(Cookie, options);
    }

    private static bool IsOf(ReadOnlySpan<char> tag, string language) =>
        tag.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (tag.Length == language.Length || tag[language.Length] == '-');
}
