using System.Runtime.InteropServices;

namespace KmsLab.Sentinel.Windows;

/// <summary>A span of event time that holds too much.</summary>
/// <param name="From">Event time of the first record of the earliest such span.</param>
/// <param name="QuietAt">From here on no such span reaches: the start of the latest one plus the window's length.</param>
/// <param name="Observed">The most records in any of them.</param>
internal readonly record struct Violation(DateTimeOffset From, DateTimeOffset QuietAt, long Observed);

/// <summary>The records of one group by event time, exactly: neither the order in which they come nor bucket borders matter.</summary>
/// <remarks>
/// A span of length W that starts at a record s is [s, s + W): two records exactly W apart are not in one span. If any span of length W holds
/// n records, then so does one that starts at a record; so only those are looked at, and of them only the spans that hold the record just added.
/// CloudTrail's event times are whole seconds, so counts by instant stay few however many the records.
/// </remarks>
internal sealed class SlidingWindow
{
    // In order of At, Unix milliseconds of event time; Before is the sum of all records before it, so that any span's sum is one subtraction.
    private readonly List<(long At, long Records, long Before)> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    public void Add(long at, long records = 1)
    {
        var index = IndexOf(at);
        if (index < _counts.Count && _counts[index].At == at)
            _counts[index] = (at, _counts[index].Records + records, _counts[index].Before);
        else if (records > 0)
            _counts.Insert(index, (at, records, SumBefore(index)));
        else
            return;

        // Records come nearly in order: hardly anything stands behind.
        foreach (ref var later in CollectionsMarshal.AsSpan(_counts)[(index + 1)..])
            later.Before += records;
    }

    /// <summary>Looks at every span of length <paramref name="window"/> that holds the instant <paramref name="at"/>.</summary>
    /// <returns>Null when none of them reaches <paramref name="threshold"/>.</returns>
    public Violation? FindViolation(long at, TimeSpan window, long threshold)
    {
        var length = (long)window.TotalMilliseconds;
        var first = IndexOf(at - length + 1);
        var end = IndexOf(at + length);
        if (SumBefore(end) - SumBefore(first) < threshold)
            return null;

        return end == IndexOf(at + 1) ? FindViolationAtTheEnd(first, end, length, threshold) : FindViolationWithin(first, at, length, threshold);
    }

    /// <summary>Nothing is later than the instant: every span that holds it ends with it, so the longest holds the most.</summary>
    private Violation FindViolationAtTheEnd(int first, int end, long length, long threshold)
    {
        var total = SumBefore(end);
        var (low, high) = (first, end);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (total - _counts[middle].Before >= threshold)
                low = middle + 1;
            else
                high = middle;
        }

        return new(Instant(_counts[first].At), Instant(_counts[low - 1].At + length), total - _counts[first].Before);
    }

    private Violation? FindViolationWithin(int first, long at, long length, long threshold)
    {
        (long From, long QuietAt, long Observed)? found = null;
        var end = first;
        for (var start = first; start < _counts.Count && _counts[start].At <= at; start++)
        {
            var from = _counts[start].At;
            while (end < _counts.Count && _counts[end].At < from + length)
                end++;

            if (SumBefore(end) - _counts[start].Before is var inSpan && inSpan >= threshold)
                found = (found?.From ?? from, from + length, Math.Max(found?.Observed ?? 0, inSpan));
        }

        return found is { } violation ? new(Instant(violation.From), Instant(violation.QuietAt), violation.Observed) : null;
    }

    /// <summary>
    /// M-of-N: looks at every run of <paramref name="periods"/> windows, side by side and aligned to the epoch, that holds the instant
    /// <paramref name="at"/>, for one in which <paramref name="datapoints"/> windows reach <paramref name="threshold"/>.
    /// </summary>
    /// <returns>Null when there is none.</returns>
    public Violation? FindPersistent(long at, TimeSpan window, long threshold, int datapoints, int periods)
    {
        var length = (long)window.TotalMilliseconds;
        var current = FloorDivide(at, length);
        var reaching = new List<(long Period, long Records)>();
        for (var period = current - periods + 1; period < current + periods; period++)
        {
            var (records, _) = Between(Instant(period * length), Instant((period + 1) * length));
            if (records >= threshold)
                reaching.Add((period, records));
        }

        Violation? found = null;
        for (var first = current - periods + 1; first <= current; first++)
        {
            var inRun = reaching.FindAll(period => period.Period >= first && period.Period < first + periods);
            if (inRun.Count >= datapoints)
            {
                found = new(
                    found?.From ?? Instant(inRun[0].Period * length), Instant((first + periods) * length), Math.Max(found?.Observed ?? 0, inRun.Max(period => period.Records)));
            }
        }

        return found;
    }

    /// <summary>Hysteresis: when it is quiet, if it stays loud while a window that began before holds <paramref name="least"/> records.</summary>
    /// <param name="quietAt">When it would be quiet without.</param>
    /// <param name="window">The windows' length.</param>
    /// <param name="least">Fewer than the threshold.</param>
    public DateTimeOffset ProlongedQuiet(DateTimeOffset quietAt, TimeSpan window, long least)
    {
        var length = (long)window.TotalMilliseconds;
        var quiet = quietAt.ToUnixTimeMilliseconds();
        for (var start = IndexOf(quiet - length + 1); start < _counts.Count && _counts[start].At < quiet; start++)
        {
            var from = _counts[start].At;
            if (Between(Instant(from), Instant(from + length)).Records >= least)
                quiet = Math.Max(quiet, from + length);
        }

        return Instant(quiet);
    }

    /// <summary>How many records fall into [<paramref name="from"/>, <paramref name="to"/>), and the time of the last of them.</summary>
    public (long Records, DateTimeOffset Last) Between(DateTimeOffset from, DateTimeOffset to)
    {
        var (first, end) = (IndexOf(from.ToUnixTimeMilliseconds()), IndexOf(to.ToUnixTimeMilliseconds()));
        return end > first ? (SumBefore(end) - SumBefore(first), Instant(_counts[end - 1].At)) : (0, from);
    }

    /// <summary>Forgets what is older than <paramref name="floor"/>.</summary>
    public void Prune(long floor) => _counts.RemoveRange(0, IndexOf(floor));

    private long SumBefore(int index) =>
        index < _counts.Count ? _counts[index].Before : _counts is [.., var last] ? last.Before + last.Records : 0;

    private static long FloorDivide(long dividend, long divisor) => (dividend / divisor) - (dividend % divisor < 0 ? 1 : 0);

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    /// <summary>Where <paramref name="at"/> stands, or would stand.</summary>
    private int IndexOf(long at)
    {
        var (low, high) = (0, _counts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_counts[middle].At < at)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
