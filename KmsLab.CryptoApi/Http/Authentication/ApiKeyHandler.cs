using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
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

    /// <summary>The header that is looked at first.</summary>
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <summary>401 as problem details. One answer, whether a key was missing or wrong.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"KmsLab CryptoApi\"";
        return Problems.Create(StatusCodes.Status401Unauthorized, "Not authenticated", $"Send a valid API key, as {Header} or as Authorization: Bearer.")
            .ExecuteAsync(Context);
    }

    private AuthenticateResult Authenticate()
    {
        if (Presented() is not { Length: > 0 } key)
            return AuthenticateResult.NoResult();
        if (ClientOf(key) is not { } client)
            return AuthenticateResult.Fail("Unknown API key.");

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, client)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private string? Presented()
    {
        if (Request.Headers.TryGetValue(Header, out var key))
            return key.ToString();
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    /// <summary>Compares with each configured hash, all of them, in constant time: how long it takes tells nothing about any.</summary>
    private string? ClientOf(string key)
    {
        var presented = ApiKey.Hash(key);
        string? found = null;
        foreach (var client in options.Value.Clients)
        {
            if (CryptographicOperations.FixedTimeEquals(presented, Convert.FromHexString(client.KeyHash)))
                found = client.Name;
        }

        return found;
    }
}
