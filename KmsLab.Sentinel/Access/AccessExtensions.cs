using KmsLab.Sentinel.Access.LoadBalancer;
using KmsLab.Sentinel.Access.ProtectionKeys;
using KmsLab.Sentinel.Languages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Access;

/// <summary>Who may look at Sentinel, and change something there: the same for page, hub and API.</summary>
internal static class AccessExtensions
{
    private static readonly TimeSpan KeyPatience = TimeSpan.FromSeconds(10);

    /// <summary>Adds it, after the database.</summary>
    public static void AddSentinelAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<Standing>();
        services.AddSingleton<LoginLimit>();
        services.AddSingleton<LoginEndpoints>();
        services.AddHostedService<AccessNotice>();
        services.AddLoadBalancerProof();
        services.AddLanguages();
        services.AddSchemes();
        builder.AddProtectionKeys();
        services.AddAntiforgery(NameForms);
        services.AddRazorComponents();
        services.AddScoped<AuthenticationStateProvider, PageRevalidation>();
    }

    /// <summary>
    /// Who asks, before any endpoint answers; then the login. Each endpoint, and each path without one, is closed unless it says <c>AllowAnonymous</c>.
    /// </summary>
    public static void UseSentinelAccess(this WebApplication app)
    {
        app.Use(SecurityHeaders.AddAsync);
        app.Use(CrossSiteGuard.RefuseAsync);
        app.UseRequestLocalization();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        LoginEndpoints.Map(app);
        LanguageEndpoint.Map(app);
    }

    private static void AddSchemes(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();
        services.AddAuthentication(AccessHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.SchemeName, null)
            .AddCookie(SessionCookie.Scheme);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    private static void AddLoadBalancerProof(this IServiceCollection services)
    {
        services.AddSingleton<BalancerKeys>();
        services.AddSingleton<BalancerProof>();
        services.AddHttpClient(BalancerKeys.Client, client => client.Timeout = KeyPatience)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    /// <summary>Strict: the form is always sent from our own page. Where a link led to it, it has just been given a new cookie.</summary>
    private static void NameForms(Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions options)
    {
        options.Cookie.Name = "kmslab-form";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.SuppressXFrameOptionsHeader = true; // frame-ancestors says it, and more strictly.
    }
}
