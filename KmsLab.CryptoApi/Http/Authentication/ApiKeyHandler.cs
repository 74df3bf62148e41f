using System.Security.Claims;
using System.Text.Encodings.Web;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Authentication;

/// <summary>Knows a client by the key in <c>X-Api-Key</c>, or in <c>Authorization: Bearer</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, IOptions<ApiKeyOptions> options)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <summary>401 as problem details. One answer, whether a key was missing or wrong.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"KmsLab CryptoApi\"";
        return Problems.Create(StatusCodes.Status401Unauthorized, "Not authenticated", $"Send a valid API key, as {ApiKeyHeader.Name} or as Authorization: Bearer.")
            .ExecuteAsync(Context);
    }

    private AuthenticateResult Authenticate()
    {
        if (ApiKeyHeader.Read(Request) is not { Length: > 0 } key)
            return AuthenticateResult.NoResult();
        if (ApiClientOptions.NameOf(key, options.Value.Clients) is not { } client)
            return AuthenticateResult.Fail("Unknown API key.");

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, client)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
