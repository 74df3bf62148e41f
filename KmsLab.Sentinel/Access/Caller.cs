using System.Security.Claims;
using System.Security.Cryptography;
using KmsLab.ServiceDefaults.ApiKeys;

namespace KmsLab.Sentinel.Access;

/// <summary>Who asks, as claims: the name that acknowledgements and silences bear, and by what right.</summary>
internal static class Caller
{
    /// <summary>Who asks from the same machine, without a key.</summary>
    public const string LoopbackName = "loopback";

    public const string ByLoopback = "loopback";
    public const string ByKey = "key";
    public const string ByLoadBalancer = "load-balancer";

    /// <summary>The hash of the key that a session began with: it ends when the configuration no longer has it.</summary>
    public const string KeyHash = "kmslab:key-hash";

    /// <summary>The id of a session that began at the login.</summary>
    public const string Session = "kmslab:session";

    public static ClaimsIdentity OfLoopback() => Of(LoopbackName, ByLoopback);

    public static ClaimsIdentity OfLoadBalancer(string user) => Of(user, ByLoadBalancer);

    /// <summary>The client whose key this is; null if it is nobody's.</summary>
    public static ClaimsIdentity? OfKey(string key, IEnumerable<ApiClientOptions> clients) =>
        ApiClientOptions.NameOf(key, clients) is { } name ? Of(name, ByKey, new Claim(KeyHash, Convert.ToHexStringLower(ApiKey.Hash(key)))) : null;

    /// <summary>The same, with a session of its own.</summary>
    public static ClaimsIdentity WithSession(ClaimsIdentity caller)
    {
        caller.AddClaim(new(Session, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));
        return caller;
    }

    /// <summary>One id for a caller in all its requests: anti-forgery tokens are bound to it.</summary>
    private static ClaimsIdentity Of(string name, string right, params Claim[] more) =>
        new([new(ClaimTypes.Name, name), new(ClaimTypes.NameIdentifier, $"{right}:{name}"), .. more], right);
}
