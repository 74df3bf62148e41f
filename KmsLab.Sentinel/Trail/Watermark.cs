namespace KmsLab.Sentinel.Trail;

/// <summary>How far, in event time, the trail is known to be complete.</summary>
/// <param name="Known">The last complete read of the slowest source less the allowed lateness; null before there is one.</param>
/// <param name="Expected">Where it would be if everything were read just now.</param>
/// <param name="StandsStill">Whether it has not moved for longer than the limit.</param>
internal readonly record struct Watermark(DateTimeOffset? Known, DateTimeOffset Expected, bool StandsStill)
{
    /// <summary>How far a watermark is behind the clock, in seconds; null before there is one.</summary>
    public static double? LagOf(DateTimeOffset? known, DateTimeOffset now) => known is { } at ? Math.Max(0, (now - at).TotalSeconds) : null;
}
