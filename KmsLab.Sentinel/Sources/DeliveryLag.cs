namespace KmsLab.Sentinel.Sources;

/// <summary>Knows how late a source's events usually come, from stamp to coming, as the last full passes saw it.</summary>
/// <remarks>
/// Measured on the events themselves: that is what decides how far back a read must look, whether the source stamps events with the time of the call or
/// of their delivery; a canary's way also has the time until it is read in it. Whoever writes to the group can make it look longer, which costs reads.
/// To make it look shorter they must write a hundred times what CloudTrail does; what comes later then is found by the next full pass.
/// </remarks>
internal sealed class DeliveryLag
{
    private const int Passes = 5;

    /// <summary>Fewer say nothing; and where so little comes, looking far back costs nothing.</summary>
    private const int FewestEvents = 20;

    private readonly Queue<(TimeSpan Lag, int Events)> _passes = [];

    /// <summary>When the newest event came that was ever read.</summary>
    public DateTimeOffset? Newest { get; private set; }

    /// <summary>The longest of the last passes; null while too little is known.</summary>
    public TimeSpan? Usual => _passes.Sum(pass => pass.Events) < FewestEvents ? null : _passes.Max(pass => pass.Lag);

    /// <summary>A pass is over.</summary>
    /// <param name="tally">What it saw.</param>
    /// <param name="isFull">Whether it looked back far enough to see late events too.</param>
    public void Learn(PassTally tally, bool isFull)
    {
        if (!(tally.Newest <= Newest))
            Newest = tally.Newest ?? Newest;
        if (!isFull || tally.Lag is not { } lag)
            return;

        _passes.Enqueue((lag, tally.Events));
        if (_passes.Count > Passes)
            _passes.Dequeue();
    }
}
