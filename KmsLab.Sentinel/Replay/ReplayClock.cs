namespace KmsLab.Sentinel.Replay;

/// <summary>A replay's time: that of the records. It never goes back, and never beyond the real one: a record may say that it is of the year 9999.</summary>
internal sealed class ReplayClock(TimeProvider real) : TimeProvider
{
    private long _now = DateTimeOffset.UnixEpoch.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _now), TimeSpan.Zero);

    /// <summary>Where the clock will stand when it has moved from <paramref name="before"/> on to <paramref name="at"/>.</summary>
    public DateTimeOffset Reachable(DateTimeOffset at, DateTimeOffset before)
    {
        var limit = real.GetUtcNow();
        var next = at < limit ? at : limit;
        return next > before ? next : before;
    }

    /// <summary>Moves on to <paramref name="at"/>, if that is later.</summary>
    public void MoveTo(DateTimeOffset at) => Interlocked.Exchange(ref _now, Reachable(at, GetUtcNow()).UtcTicks);
}
