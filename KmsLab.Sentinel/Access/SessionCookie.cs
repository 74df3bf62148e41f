using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Access;

/// <summary>The cookie that a key is exchanged for at the login.</summary>
/// <remarks>
/// <c>SameSite=Lax</c>, not <c>Strict</c>: alarms are linked from mail and chat, and a browser that follows such a link sends no Strict cookie, so people
/// who are signed in would land on the login. Lax is sent with links alone, never with another site's forms, fetches or WebSockets; and those are refused
/// by <see cref="CrossSiteGuard"/> and anti-forgery as well.
/// </remarks>
internal sealed class SessionCookie(AccessSettings settings) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Scheme = "KmsLab.Sentinel.Session";

    /// <summary>Over HTTPS with <see cref="SecureCookieNames.Prefix"/> before it.</summary>
    public const string Name = "kmslab";

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (name == Scheme)
            Configure(options);
    }

    public void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.IsEssential = true;
        options.CookieManager = new SecureCookieNames();
        options.ExpireTimeSpan = settings.Access.SessionLife;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var endpoint = context.HttpContext.GetEndpoint()?.Metadata;
        var doubt = endpoint?.GetMetadata<InDoubt>();
        if (doubt is null && endpoint?.GetMetadata<IAllowAnonymous>() is not null)
        {
            context.RejectPrincipal(); // Style sheets and health checks are everybody's: nobody waits for the database there.
            return;
        }

        try
        {
            await JudgeAsync(context);
        }
        catch (DbException) when (doubt == InDoubt.LetIn)
        {
        }
        catch (DbException)
        {
            context.RejectPrincipal(); // For this request: the cookie stays.
            context.HttpContext.Features.Set(new SessionInDoubt());
        }
    }

    private static async Task JudgeAsync(CookieValidatePrincipalContext context)
    {
        var standing = context.HttpContext.RequestServices.GetRequiredService<Standing>();
        if (context.Principal is { } principal && IsSession(principal) && await standing.HoldsAsync(principal, context.HttpContext.RequestAborted))
            return;

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    /// <summary>
    /// Only what the login gives: whoever reads data protection's keys in the database can encrypt a cookie, and shall still need the hash of a configured
    /// key, which is not in there.
    /// </summary>
    private static bool IsSession(ClaimsPrincipal caller) => caller.Identity?.AuthenticationType == Caller.ByKey && caller.HasClaim(claim => claim.Type == Caller.Session);
}
