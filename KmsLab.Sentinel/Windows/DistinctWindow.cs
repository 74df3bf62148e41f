using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Windows;

/// <summary>The distinct values of one group by event time, in slots of a small part of the window.</summary>
/// <remarks>
/// A window is <see cref="Slots"/> slots long and slides by one slot: whether a value came once or a thousand times in a slot makes no difference, so
/// the memory needed goes with the distinct values, not with the calls. Only spans that hold the slot just added to are looked at.
/// </remarks>
internal sealed class DistinctWindow(TimeSpan window)
{
    /// <summary>How many slots a window has.</summary>
    public const int Slots = 48;

    /// <summary>How many values are kept; beyond, the number observed is 'at least'.</summary>
    public const int Limit = 20_000;

    private readonly long _slotSize = Math.Max(1, (long)window.TotalMilliseconds / Slots);
    private readonly SortedList<long, HashSet<RecordId>> _slots = [];
    private int _values;

    public bool IsEmpty => _slots.Count == 0;

    /// <summary>The instant that the slot of <paramref name="at"/> starts at.</summary>
    public long SlotOf(long at) => at - (((at % _slotSize) + _slotSize) % _slotSize);

    /// <summary>Takes note of a value.</summary>
    /// <returns>Whether it is new in its slot.</returns>
    public bool Add(long at, RecordId value)
    {
        var slot = SlotOf(at);
        if (_slots.TryGetValue(slot, out var values) ? values.Contains(value) : false)
            return false;
        if (_values >= Limit)
            return false;

        if (values is null)
            _slots.Add(slot, values = []);
        values.Add(value);
        _values++;
        return true;
    }

    /// <summary>Looks at every span that holds the slot of <paramref name="at"/>.</summary>
    public Violation? FindViolation(long at, long threshold)
    {
        var (length, slot) = (_slotSize * Slots, SlotOf(at));
        Violation? found = null;
        var inSpan = new Dictionary<RecordId, int>();
        var end = IndexOf(slot - length + _slotSize);
        for (var start = end; start < _slots.Count && _slots.GetKeyAtIndex(start) <= slot; start++)
        {
            var from = _slots.GetKeyAtIndex(start);
            for (; end < _slots.Count && _slots.GetKeyAtIndex(end) < from + length; end++)
            {
                foreach (var value in _slots.GetValueAtIndex(end))
                    inSpan[value] = inSpan.GetValueOrDefault(value) + 1;
            }

            if (inSpan.Count >= threshold)
                found = new(found?.From ?? Instant(from), Instant(from + length), Math.Max(found?.Observed ?? 0, inSpan.Count));

            foreach (var value in _slots.GetValueAtIndex(start))
            {
                if (--inSpan[value] == 0)
                    inSpan.Remove(value);
            }
        }

        return found;
    }

    /// <summary>Forgets what is older than <paramref name="floor"/>.</summary>
    public void Prune(long floor)
    {
        while (_slots.Count > 0 && _slots.GetKeyAtIndex(0) < floor)
        {
            _values -= _slots.GetValueAtIndex(0).Count;
            _slots.RemoveAt(0);
        }
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private int IndexOf(long slot)
    {
        var (low, high) = (0, _slots.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_slots.GetKeyAtIndex(middle) < slot)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
