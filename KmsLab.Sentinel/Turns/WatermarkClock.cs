using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Turns;

/// <summary>The names of the sources that are read.</summary>
internal sealed record SourceNames(IReadOnlyList<string> All);

/// <summary>Says how far the trail is known to be complete.</summary>
/// <remarks>
/// The slowest source counts: as far as a part knows that it has come (the newest canary that it brought back) or, where none does, its last complete read;
/// less the allowed lateness.
/// </remarks>
internal sealed class WatermarkClock(SourceNames sources, TurnOptions options, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public Watermark Of(TurnMemory memory, DateTimeOffset now)
    {
        var reads = memory.Know<ReadCursors>().Completed;
        var known = sources.All.Count == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        var slowestRead = known;
        var standsStill = false;
        foreach (var source in sources.All)
        {
            var read = reads.TryGetValue(source, out var at) ? at : DateTimeOffset.MinValue;
            slowestRead = Earlier(slowestRead, read);
            if (ReachOf(source, memory) is { } reach)
            {
                known = Earlier(known, reach.At ?? DateTimeOffset.MinValue);
                standsStill |= now - Later(reach.At ?? DateTimeOffset.MinValue, _startedAt) > reach.Patience;
            }
            else
            {
                known = Earlier(known, read);
            }
        }

        standsStill |= now - Later(slowestRead, _startedAt) > options.StandstillLimit;
        return new(known == DateTimeOffset.MinValue ? null : known - options.AllowedLateness, now - options.AllowedLateness, standsStill);
    }

    private static Reach? ReachOf(string source, TurnMemory memory)
    {
        foreach (var part in memory.Parts)
        {
            if (part.ReachOf(source) is { } reach)
                return reach;
        }

        return null;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
