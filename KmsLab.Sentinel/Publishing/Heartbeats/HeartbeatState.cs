namespace KmsLab.Sentinel.Publishing.Heartbeats;

/// <summary>The heartbeat as <c>/api/status</c> shows it: <c>state</c> is starting, standby (another Sentinel beats), beating, withheld (Sentinel does not work) or failing (no answer).</summary>
/// <param name="State">See above.</param>
/// <param name="LastSent">When the address last answered.</param>
/// <param name="Problem">The reason why nothing is sent, or what went wrong.</param>
internal sealed record HeartbeatStatus(string State, DateTimeOffset? LastSent, string? Problem);

/// <summary>The heartbeat's last outcome in this process; safe to use from any thread.</summary>
internal sealed class HeartbeatState
{
    private volatile HeartbeatStatus? _current;

    /// <summary>How it goes; null where there is no heartbeat.</summary>
    public HeartbeatStatus? Current
    {
        get => _current;
        set => _current = value;
    }
}
