using KmsLab.Sentinel.Sources;

namespace KmsLab.Sentinel.TrailHealth.Flood;

/// <summary>Tells a flood from a busy day.</summary>
/// <remarks>
/// Minutes are those of the events' stamps, for a read of the last minutes is what a flood stands in the way of: what is stamped earlier comes after them
/// all, and an outage that is made up for brings each minute no more than it always holds. Usual is what 99 of 100 minutes of the last two days stay
/// under, the empty ones included; a flood shorter than half an hour does not make itself usual.
/// </remarks>
internal static class FloodRule
{
    /// <summary>What is looked at; everything earlier says what is usual.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <summary>From less than this nothing is known of what is usual, and the absolute limits hold.</summary>
    private const int FewestMinutes = 60;

    private const int Share = 100;

    /// <summary>The fullest of the last minutes, if it is too full.</summary>
    /// <param name="minutes">The minutes that hold anything, the oldest first.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">The limits.</param>
    public static FloodedMinute? Find(IReadOnlyList<(DateTimeOffset Minute, Volume Volume)> minutes, DateTimeOffset now, FloodOptions options)
    {
        var recentFrom = now - Recent;
        var limit = LimitOf([.. minutes.Where(pair => pair.Minute < recentFrom)], recentFrom, options);
        return minutes
            .Where(pair => pair.Minute >= recentFrom && (pair.Volume.Records > limit.Records || pair.Volume.Bytes > limit.Bytes))
            .OrderByDescending(pair => pair.Volume.Bytes)
            .Select(pair => new FloodedMinute(pair.Minute, pair.Volume, limit))
            .FirstOrDefault();
    }

    private static Volume LimitOf(List<(DateTimeOffset Minute, Volume Volume)> earlier, DateTimeOffset until, FloodOptions options)
    {
        var span = earlier.Count == 0 ? 0 : (int)(until - earlier[0].Minute).TotalMinutes;
        if (span < FewestMinutes)
            return new(options.Records, options.Bytes);

        return new(
            Math.Max(options.Records, (long)(options.Times * Usual(earlier.Select(pair => pair.Volume.Records), span))),
            Math.Max(options.Bytes, (long)(options.Times * Usual(earlier.Select(pair => pair.Volume.Bytes), span))));
    }

    /// <summary>What all but one in a hundred minutes stay under.</summary>
    private static long Usual(IEnumerable<long> held, int span) => held.OrderDescending().Skip(span / Share).FirstOrDefault();
}
