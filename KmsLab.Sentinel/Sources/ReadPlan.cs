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
/// Decides how far back to read. The head is read every time, longer after a gap; sweeps come when they are due, all of them at start, the deepest
/// first, which makes up for those that look less far.
/// </summary>
internal sealed class ReadPlan(SourceOptions options)
{
    private readonly Dictionary<SweepOptions, DateTimeOffset> _sweptAt = [];

    /// <summary>How far back the head reaches: over its window, and over what passed since the last complete read.</summary>
    public TimeSpan HeadLookBack(DateTimeOffset now, DateTimeOffset? lastCompleteRead)
    {
        var gap = now - (lastCompleteRead ?? now);
        var lookBack = gap < options.HeadWindow / 2 ? options.HeadWindow : options.HeadWindow + gap;
        return lookBack < options.DeepestLookBack ? lookBack : options.DeepestLookBack;
    }

    /// <summary>The deepest sweep that is due, or null.</summary>
    public SweepOptions? DueSweep(DateTimeOffset now) => options.EffectiveSweeps
        .Where(sweep => !_sweptAt.TryGetValue(sweep, out var at) || now - at >= sweep.Every)
        .MaxBy(sweep => sweep.LookBack);

    /// <summary>A sweep that began at <paramref name="at"/> is complete, and so is every one that looks less far.</summary>
    public void Completed(SweepOptions sweep, DateTimeOffset at)
    {
        foreach (var other in options.EffectiveSweeps.Where(other => other.LookBack <= sweep.LookBack))
            _sweptAt[other] = at;
    }
}
