namespace KmsLab.Sentinel.Leadership;

/// <summary>The section <c>Sentinel:Lease</c>: how fast one Sentinel takes over from another.</summary>
internal sealed class LeaseOptions
{
    private static readonly TimeSpan LongestTakeover = TimeSpan.FromSeconds(15);

    /// <summary>How long the lease holds without a renewal.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the leader renews it.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a standby looks whether it is free.</summary>
    public TimeSpan TryEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (Ttl <= TimeSpan.Zero || RenewEvery <= TimeSpan.Zero || TryEvery <= TimeSpan.Zero)
            yield return "Sentinel:Lease:Ttl, RenewEvery and TryEvery must be more than zero, for instance 00:00:10, 00:00:03 and 00:00:01";
        if (RenewEvery * 2 > Ttl)
            yield return "Sentinel:Lease:RenewEvery must be at most half of Sentinel:Lease:Ttl: one renewal may fail";
        if (Ttl + TryEvery > LongestTakeover)
            yield return "Sentinel:Lease:Ttl and TryEvery must come to 15 seconds at most: nobody watches while a dead leader's lease runs out";
    }
}
