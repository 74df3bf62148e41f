using KmsLab.Sentinel.Rates;

namespace KmsLab.Sentinel.Queries;

/// <summary>
/// Distinct contexts of days that are over, merged, by what was asked for: only late records change them, so a page that is drawn again and again need not
/// read them each time. What was read is never changed.
/// </summary>
internal sealed class PastContexts(TimeProvider time)
{
    /// <summary>Late records show after this.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>2 KiB each at most.</summary>
    private const int MaxCounts = 4000;

    private readonly Dictionary<(long From, long To, string Key, string Principal), (DistinctSketch? Sketch, DateTimeOffset Until)> _counts = [];
    private readonly Lock _lock = new();

    /// <summary>Puts what is known of <paramref name="pairs"/> on those days into <paramref name="known"/>.</summary>
    /// <returns>Those of which nothing is.</returns>
    public IReadOnlyList<(string Key, string Principal)> Find(long from, long to, IReadOnlyList<(string Key, string Principal)> pairs, Dictionary<(string, string), DistinctSketch> known)
    {
        var now = time.GetUtcNow();
        var unknown = new List<(string, string)>();
        lock (_lock)
        {
            foreach (var pair in pairs)
            {
                if (!_counts.TryGetValue((from, to, pair.Key, pair.Principal), out var count) || count.Until <= now)
                    unknown.Add(pair);
                else if (count.Sketch is { } sketch)
                    known.Add(pair, sketch);
            }
        }

        return unknown;
    }

    /// <summary>Remembers what was read of <paramref name="pairs"/>; also that there was nothing.</summary>
    public void Keep(long from, long to, IReadOnlyList<(string Key, string Principal)> pairs, Dictionary<(string, string), DistinctSketch> read)
    {
        var until = time.GetUtcNow() + Fresh;
        lock (_lock)
        {
            if (_counts.Count + pairs.Count > MaxCounts)
                _counts.Clear();
            foreach (var pair in pairs)
                _counts[(from, to, pair.Key, pair.Principal)] = (read.GetValueOrDefault(pair), until);
        }
    }
}
