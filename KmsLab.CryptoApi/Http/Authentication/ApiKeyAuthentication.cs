using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Authentication;

/// <summary>API keys: who calls, and, where <see cref="ApiKeyOptions.Required"/>, nobody else.</summary>
internal static class ApiKeyAuthentication
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ApiKeyOptions>, ApiKeyOptionsValidator>();
        services.AddSettings<ApiKeyOptions>(ApiKeyOptions.Section);
        services.AddAuthentication(ApiKeyHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorization();
        // What doesn't say AllowAnonymous is closed: an endpoint that somebody adds later is, too.
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<ApiKeyOptions>>((authorization, keys) =>
            authorization.FallbackPolicy = keys.Value.Required ? new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build() : null);
        return services;
    }
}
