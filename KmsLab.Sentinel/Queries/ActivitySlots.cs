using KmsLab.Sentinel.Rates;

namespace KmsLab.Sentinel.Queries;

/// <summary>How a span of time is cut for a chart: slots of one length, aligned to the epoch. Times are Unix milliseconds.</summary>
/// <param name="From">The start of the first slot.</param>
/// <param name="Length">Of a slot.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct ActivitySlots(long From, long Length, int Count)
{
    /// <summary>More would be narrower than a pixel or two.</summary>
    public const int Most = 120;

    private static readonly TimeSpan[] Lengths =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromDays(1),
    ];

    public long To => From + (Count * Length);

    public long StartOf(int slot) => From + (slot * Length);

    /// <summary>Cuts [<paramref name="from"/>, <paramref name="to"/>) to whole slots.</summary>
    /// <param name="from">Taken down to a slot's start.</param>
    /// <param name="to">Taken up to a slot's end.</param>
    /// <param name="unit">What a slot's length is a multiple of.</param>
    /// <param name="most">How many there may be, but for one that the alignment adds.</param>
    public static ActivitySlots Of(DateTimeOffset from, DateTimeOffset to, TimeSpan unit, int most = Most)
    {
        var range = to - from;
        var least = Lengths.FirstOrDefault(length => length * most >= range, TimeSpan.FromDays(Math.Ceiling(range.TotalDays / most)));
        var length = (long)(unit.TotalMilliseconds * Math.Max(1, Math.Ceiling(least / unit)));
        var (first, end) = (Floor(from.ToUnixTimeMilliseconds(), length), Floor(to.ToUnixTimeMilliseconds() - 1, length) + length);
        return new(first, length, (int)Math.Max(1, (end - first) / length));
    }

    /// <summary>What the buckets of a time are multiples of: the older ones are added up to hours.</summary>
    public static TimeSpan UnitOf(DateTimeOffset from, DateTimeOffset now, TimeSpan bucketSize, RateOptions rates) => from < now - rates.FineFor ? rates.CoarseBucketSize : bucketSize;

    private static long Floor(long at, long length) => at - (((at % length) + length) % length);
}
