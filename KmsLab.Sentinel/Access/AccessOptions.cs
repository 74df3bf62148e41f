using KmsLab.Sentinel.Access.LoadBalancer;

namespace KmsLab.Sentinel.Access;

/// <summary>The section <c>Sentinel:Access</c>: how people sign in. Keys, and whether loopback is open, are in <see cref="ApiOptions"/>.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Sentinel:Access";

    /// <summary>A session without a request ends after this; so does a page that was left open, whatever it shows.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromHours(8);

    /// <summary>Keys that one address may try at the login in a minute.</summary>
    public int LoginsPerMinute { get; set; } = 5;

    /// <summary>How often an open page is asked whether its user may still look.</summary>
    public TimeSpan RevalidateEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A load balancer that signs people in.</summary>
    public LoadBalancerOptions LoadBalancer { get; set; } = new();

    public IEnumerable<string> Validate()
    {
        if (SessionLife < TimeSpan.FromMinutes(1) || SessionLife > TimeSpan.FromDays(30))
            yield return $"{Section}:SessionLife must be from 00:01:00 to 30.00:00:00";
        if (LoginsPerMinute is < 1 or > 1000)
            yield return $"{Section}:LoginsPerMinute must be from 1 to 1000";
        if (RevalidateEvery <= TimeSpan.Zero || RevalidateEvery > TimeSpan.FromHours(1))
            yield return $"{Section}:RevalidateEvery must be more than zero and at most 01:00:00";
        foreach (var error in LoadBalancer.Validate())
            yield return error;
    }
}
