using System.Security.Claims;

namespace KmsLab.Sentinel.Access.LoadBalancer;

/// <summary>Believes a load balancer that somebody has signed in, after checking each thing that could be made up.</summary>
internal sealed class BalancerProof(BalancerKeys keys, TimeProvider time)
{
    /// <summary>Tokens hold for two minutes or so: clocks that differ by more than this need repair.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private const int MaxName = 256;

    /// <summary>Who it is, or why it isn't believed (never with anything of the token in it).</summary>
    public async Task<(ClaimsIdentity? Caller, string? Refusal)> CheckAsync(string token, LoadBalancerOptions options, CancellationToken cancellationToken)
    {
        if (BalancerToken.Read(token) is not { } read)
            return (null, "it is no token");
        if (RefusalOf(read, options) is { } refusal)
            return (null, refusal);
        if (await keys.FindAsync(options.EffectiveKeyUrl, read.KeyId, cancellationToken) is not { } key)
            return (null, "its key is unknown");
        if (!read.IsSignedBy(key))
            return (null, "its signature is wrong");

        return NameOf(read, options);
    }

    /// <summary>What needs no key. None of it is true before the signature is verified, but nobody is asked for a key in vain.</summary>
    private string? RefusalOf(BalancerToken token, LoadBalancerOptions options)
    {
        if (token.Algorithm != "ES256")
            return "its algorithm is not ES256";
        if (!string.Equals(token.Signer, options.Arn, StringComparison.Ordinal))
            return "another load balancer signed it";
        if (!string.Equals(token.Issuer, options.Issuer, StringComparison.Ordinal))
            return "it is from another identity provider";
        if (!string.Equals(token.ClientId, options.ClientId, StringComparison.Ordinal))
            return "it is for another client";
        return token.Expires is { } expires && expires + ClockSkew > time.GetUtcNow() ? null : "it has expired";
    }

    private static (ClaimsIdentity? Caller, string? Refusal) NameOf(BalancerToken token, LoadBalancerOptions options)
    {
        if (token.Claim(options.NameClaim) is not { Length: > 0 and <= MaxName } name || name.Any(char.IsControl))
            return (null, $"it has no {options.NameClaim}");
        if (options.NamesByEmail && token.HasUnverifiedEmail)
            return (null, "the user's email is not verified");
        return options.Allows(name) ? (Caller.OfLoadBalancer(name), null) : (null, "the user is not among the allowed ones");
    }
}
