using System.Data.Common;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// Asks for each open page, now and then, whether its user may still look. A page's circuit is one long request: without this it would go on when the
/// session was signed out of, its key removed, or its time is over.
/// </summary>
internal sealed class PageRevalidation(ILoggerFactory loggers, AccessSettings settings, Standing standing, TimeProvider time) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private readonly long _opened = time.GetTimestamp();

    protected override TimeSpan RevalidationInterval => settings.Access.RevalidateEvery;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var user = authenticationState.User;
        if (!standing.IsConfigured(user))
            return false;
        if (user.Identity!.AuthenticationType != Caller.ByLoopback && time.GetElapsedTime(_opened) > settings.Access.SessionLife)
            return false;

        try
        {
            return await standing.HoldsAsync(user, cancellationToken);
        }
        catch (DbException)
        {
            return true; // The page should say that the database is down, not that its user is nobody. It is asked again.
        }
    }
}
