using Microsoft.AspNetCore.Authentication.Cookies;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// Names a cookie <c>__Host-...</c> over HTTPS: browsers then take it only with Secure, for this host alone, so that no sibling domain and no plain HTTP can
/// plant one (RFC 6265bis §4.1.3.2). Over plain HTTP, as in the lab, they would take no such cookie at all.
/// </summary>
internal sealed class SecureCookieNames : ICookieManager
{
    public const string Prefix = "__Host-";

    private readonly ChunkingCookieManager _cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Of(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => _cookies.AppendResponseCookie(context, Of(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, Of(context, key), options);

    private static string Of(HttpContext context, string key) => context.Request.IsHttps ? Prefix + key : key;
}
