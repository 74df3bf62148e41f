namespace KmsLab.Sentinel.Turns;

/// <summary>How many turns go into one commit, where they may wait (<see cref="Turn.MayWait"/>).</summary>
/// <param name="Records">So many new records are committed at once, at most.</param>
/// <param name="Age">The oldest turn waits no longer than this.</param>
/// <param name="WaitsWithAlarms">Whether turns wait even when an alarm has changed, or somebody has to be notified.</param>
internal sealed record CommitGroup(int Records, TimeSpan Age, bool WaitsWithAlarms = false)
{
    /// <summary>Whether only that is written of which a replay's report is made (<see cref="ITurnPart.IsReplayed"/>), since nobody goes on from the database.</summary>
    public bool IsForReport { get; init; }

    /// <summary>The service's: a burst is committed in large pieces, and what people wait for at once.</summary>
    public static CommitGroup Service { get; } = new(20_000, TimeSpan.FromMilliseconds(250));

    /// <summary>A replay's: nobody waits for anything but its end.</summary>
    public static CommitGroup Replay { get; } = new(200_000, TimeSpan.MaxValue, WaitsWithAlarms: true);
}
