using System.Security.Claims;

namespace KmsLab.Sentinel.Access;

/// <summary>Whether somebody who was let in may still be here. Nothing but the configuration and the database is asked.</summary>
internal sealed class Standing(AccessSettings settings, EndedSessions ended)
{
    public async Task<bool> HoldsAsync(ClaimsPrincipal caller, CancellationToken cancellationToken) =>
        IsConfigured(caller) && !(caller.FindFirstValue(Caller.Session) is { } session && await ended.HasEndedAsync(session, cancellationToken));

    /// <summary>Whether the configuration still lets the caller in.</summary>
    public bool IsConfigured(ClaimsPrincipal caller) => caller.Identity switch
    {
        { AuthenticationType: Caller.ByKey, Name: { } name } => HasKey(name, caller.FindFirstValue(Caller.KeyHash)),
        { AuthenticationType: Caller.ByLoadBalancer, Name: { } name } => settings.HasLoadBalancer && settings.Access.LoadBalancer.Allows(name),
        { AuthenticationType: Caller.ByLoopback } => settings.OpenOnLoopback,
        _ => false,
    };

    private bool HasKey(string name, string? hash) =>
        settings.Keys.Any(client => client.Name == name && string.Equals(client.KeyHash, hash, StringComparison.OrdinalIgnoreCase));
}
