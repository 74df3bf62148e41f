namespace KmsLab.Sentinel.Turns;

/// <summary>Says how turns that may wait (<see cref="Turn.MayWait"/>) are committed together. A replay's do; each of the service's is committed by itself.</summary>
internal sealed record CommitGroup
{
    /// <summary>New records that are committed at once, at most: enough that what many turns change is written once, and few enough to keep in memory.</summary>
    public int Records { get; init; } = 200_000;

    /// <summary>True where only that is written of which a replay's report is made (<see cref="ITurnPart.IsReplayed"/>), since nobody goes on from the database.</summary>
    public bool IsForReport { get; init; }
}
