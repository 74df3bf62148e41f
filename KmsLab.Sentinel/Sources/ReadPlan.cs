using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>A look further back than the head, now and then: <c>Sentinel:Sweeps:[n]</c>.</summary>
internal sealed class SweepOptions
{
    /// <summary>How far back.</summary>
    public TimeSpan LookBack { get; set; }

    /// <summary>How often.</summary>
    public TimeSpan Every { get; set; }
}

/// <summary>
/// Decides how far back to read, and when. The head is read every time: over its whole window, longer after a gap, until it is known how late records
/// come, and then over as much as that needs. Full passes and sweeps find what comes later; the deepest sweep at start makes up for those that look less far.
/// </summary>
/// <remarks>
/// A record is read by each head pass while it is younger than the head looks back, so <c>Sentinel:HeadReads</c> times at most once the interval grows with
/// that; by each full pass, each three minutes over 15 by default; and by each sweep.
/// </remarks>
internal sealed class ReadPlan(SourceOptions options, TurnOptions turns)
{
    /// <summary>What a narrowed head looks back at least, beside twice the usual lag.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    private const int FullPassesAWindow = 5;

    private readonly Dictionary<SweepOptions, DateTimeOffset> _sweptAt = [];
    private DateTimeOffset? _headAt;
    private DateTimeOffset? _fullAt;

    /// <summary>The head's next pass.</summary>
    /// <param name="now">When it begins.</param>
    /// <param name="lastComplete">When the last pass began that completed the source.</param>
    /// <param name="lag">How late records come.</param>
    public PassRange Head(DateTimeOffset now, DateTimeOffset? lastComplete, DeliveryLag lag)
    {
        var full = FullLookBack(now, lastComplete);
        var narrowed = Narrowed(now, _headAt, lag);
        return Range(now, narrowed is { } window && window < full ? window : full, full, lastComplete);
    }

    /// <summary>From where a narrow read looks.</summary>
    /// <param name="now">When it begins.</param>
    /// <param name="lastNarrow">When the last such read began; null if there was none since.</param>
    /// <param name="lastComplete">As for the head.</param>
    /// <param name="lag">As for the head.</param>
    public PassRange Narrow(DateTimeOffset now, DateTimeOffset? lastNarrow, DateTimeOffset? lastComplete, DeliveryLag lag)
    {
        var full = FullLookBack(now, lastComplete);
        var narrowed = Narrowed(now, lastNarrow > _headAt ? lastNarrow : _headAt, lag);
        return new(now, now - (narrowed is { } window && window < full ? window : full));
    }

    /// <summary>Whether the head is due: each time, and less often where it has to look far back.</summary>
    public bool IsHeadDue(DateTimeOffset now, DeliveryLag lag) =>
        _headAt is not { } at || lag.Usual is not { } usual || now - at >= (WindowOf(usual) / options.HeadReads) - (options.HeadInterval / 2);

    /// <summary>The full pass that is due, or null.</summary>
    public PassRange? DueFull(DateTimeOffset now, DateTimeOffset? lastComplete)
    {
        if (_fullAt is not { } at || now - at < options.HeadWindow / FullPassesAWindow)
            return null;

        var full = FullLookBack(now, lastComplete);
        return Range(now, full, full, lastComplete);
    }

    /// <summary>The deepest sweep that is due, or null.</summary>
    public SweepOptions? DueSweep(DateTimeOffset now) => options.EffectiveSweeps
        .Where(sweep => !_sweptAt.TryGetValue(sweep, out var at) || now - at >= sweep.Every)
        .MaxBy(sweep => sweep.LookBack);

    /// <summary>A pass of the head, or a full one, is over.</summary>
    public void Completed(PassRange range, bool isHead)
    {
        if (isHead)
            _headAt = range.StartedAt;
        if (range.IsFull)
            _fullAt = range.StartedAt;
    }

    /// <summary>A sweep that began at <paramref name="at"/> is complete, and so is every one that looks less far.</summary>
    public void Completed(SweepOptions sweep, DateTimeOffset at)
    {
        foreach (var other in options.EffectiveSweeps.Where(other => other.LookBack <= sweep.LookBack))
            _sweptAt[other] = at;
    }

    /// <summary>
    /// A source is complete up to a pass that looked back as far as records are expected to be late, and over the time since the last such pass: what came
    /// in that time may be stamped so much earlier.
    /// </summary>
    private PassRange Range(DateTimeOffset now, TimeSpan lookBack, TimeSpan full, DateTimeOffset? lastComplete)
    {
        var isFull = lookBack >= full;
        var needed = turns.AllowedLateness + (now - (lastComplete ?? now));
        return new(now, now - lookBack) { IsFull = isFull, Completes = isFull || (lastComplete is not null && lookBack >= needed) };
    }

    /// <summary>The head window, and what passed since the source was last complete.</summary>
    private TimeSpan FullLookBack(DateTimeOffset now, DateTimeOffset? lastComplete)
    {
        var lookBack = options.HeadWindow + (now - (lastComplete ?? now));
        return lookBack < options.DeepestLookBack ? lookBack : options.DeepestLookBack;
    }

    /// <summary>
    /// Twice as far back as records are usually late, from the last pass; and from the newest record, for while nothing came, it may be that all were held up.
    /// </summary>
    private static TimeSpan? Narrowed(DateTimeOffset now, DateTimeOffset? last, DeliveryLag lag)
    {
        if (last is not { } at || lag.Usual is not { } usual)
            return null;

        var since = lag.Newest < at ? lag.Newest.Value : at;
        return WindowOf(usual) + (now - since);
    }

    private static TimeSpan WindowOf(TimeSpan usual) => (usual * 2) + Least;
}
