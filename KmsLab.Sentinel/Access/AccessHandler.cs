using System.Security.Claims;
using System.Text.Encodings.Web;
using KmsLab.Sentinel.Access.LoadBalancer;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// Who asks. What a request carries decides, in this order: an API key, a load balancer's proof, a session's cookie; and with none of them, that it comes
/// from this machine where that is open. A wrong key or proof is refused even where none is needed.
/// </summary>
internal sealed partial class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessSettings settings, BalancerProof proof, ILogger<AccessHandler> logger)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "KmsLab.Sentinel";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ApiKeyHeader.Read(Request) is { Length: > 0 } key)
            return Caller.OfKey(key, settings.Keys) is { } client ? Success(client) : AuthenticateResult.Fail("The API key is nobody's.");
        if (settings.HasLoadBalancer && Request.Headers.TryGetValue(BalancerToken.Header, out var token))
            return await CheckAsync(token.ToString());
        if (await Context.AuthenticateAsync(SessionCookie.Scheme) is { Succeeded: true } session)
            return AuthenticateResult.Success(new(session.Principal, session.Properties, SchemeName));

        return settings.OpenOnLoopback && RequestOrigin.IsLocal(Request) ? Success(Caller.OfLoopback()) : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusal.AnswerAsync(Context, settings);

    private async Task<AuthenticateResult> CheckAsync(string token)
    {
        var (caller, refusal) = await proof.CheckAsync(token, settings.Access.LoadBalancer, Context.RequestAborted);
        if (caller is not null)
            return Success(caller);

        LogRefused(logger, refusal!);
        return AuthenticateResult.Fail("The load balancer's proof is not valid.");
    }

    private static AuthenticateResult Success(ClaimsIdentity caller) => AuthenticateResult.Success(new(new ClaimsPrincipal(caller), SchemeName));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A load balancer's proof of who is there was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
