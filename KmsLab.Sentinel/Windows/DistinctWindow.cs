using System.Runtime.InteropServices;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Windows;

/// <summary>The distinct values of one group by event time, in slots of a small part of the window.</summary>
/// <remarks>
/// A window is <see cref="Slots"/> slots long and slides by one slot: whether a value came once or a thousand times in a slot makes no difference, so
/// the memory needed goes with the distinct values, not with the calls. Only spans that hold the slot just added to are looked at; while values come in
/// order, that is one, and it is counted as it moves.
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

    /// <summary>The number of slots from <see cref="_latestFrom"/> on that each value stands in; null while nobody has to know.</summary>
    private Dictionary<RecordId, int>? _latest;
    private long _latestFrom;

    public bool IsEmpty => _slots.Count == 0;

    private long Length => _slotSize * Slots;

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
        if (slot >= _latestFrom)
            Enter(value);
        return true;
    }

    /// <summary>Looks at every span that holds the slot of <paramref name="at"/>.</summary>
    public Violation? FindViolation(long at, long threshold)
    {
        var slot = SlotOf(at);
        var first = IndexOf(slot - Length + _slotSize);
        var end = IndexOf(slot + Length);
        var most = 0L;
        for (var index = first; index < end; index++)
            most += _slots.GetValueAtIndex(index).Count;
        if (most < threshold)
        {
            _latest = null;
            return null;
        }

        return end == _slots.Count && _slots.GetKeyAtIndex(end - 1) == slot
            ? FindViolationAtTheEnd(first, slot, threshold)
            : FindViolationWithin(first, slot, threshold);
    }

    /// <summary>Nothing is later than the slot: every span that holds it ends with it, so the longest holds the most.</summary>
    private Violation? FindViolationAtTheEnd(int first, long slot, long threshold)
    {
        var observed = CountLatest(first, slot - Length + _slotSize);
        if (observed < threshold)
            return null;

        var inSpan = new HashSet<RecordId>();
        var start = _slots.Count;
        while (inSpan.Count < threshold)
        {
            start--;
            foreach (var value in _slots.GetValueAtIndex(start))
            {
                if (inSpan.Add(value) && inSpan.Count >= threshold)
                    break;
            }
        }

        return new(Instant(_slots.GetKeyAtIndex(first)), Instant(_slots.GetKeyAtIndex(start) + Length), observed);
    }

    private Violation? FindViolationWithin(int first, long slot, long threshold)
    {
        Violation? found = null;
        var inSpan = new Dictionary<RecordId, int>();
        var end = first;
        for (var start = first; start < _slots.Count && _slots.GetKeyAtIndex(start) <= slot; start++)
        {
            var from = _slots.GetKeyAtIndex(start);
            for (; end < _slots.Count && _slots.GetKeyAtIndex(end) < from + Length; end++)
            {
                foreach (var value in _slots.GetValueAtIndex(end))
                    inSpan[value] = inSpan.GetValueOrDefault(value) + 1;
            }

            if (inSpan.Count >= threshold)
                found = new(found?.From ?? Instant(from), Instant(from + Length), Math.Max(found?.Observed ?? 0, inSpan.Count));

            foreach (var value in _slots.GetValueAtIndex(start))
                Leave(inSpan, value);
        }

        return found;
    }

    /// <summary>Counts the distinct values from a slot on. That slot is never an earlier one than the time before.</summary>
    private int CountLatest(int first, long from)
    {
        if (_latest is null)
        {
            (_latest, _latestFrom) = ([], from);
            for (var index = first; index < _slots.Count; index++)
            {
                foreach (var value in _slots.GetValueAtIndex(index))
                    Enter(value);
            }
        }

        for (var index = IndexOf(_latestFrom); index < first; index++)
        {
            foreach (var value in _slots.GetValueAtIndex(index))
                Leave(_latest, value);
        }

        _latestFrom = from;
        return _latest.Count;
    }

    private void Enter(RecordId value)
    {
        if (_latest is not null)
            CollectionsMarshal.GetValueRefOrAddDefault(_latest, value, out _)++;
    }

    private static void Leave(Dictionary<RecordId, int> span, RecordId value)
    {
        ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(span, value, out _);
        if (--times == 0)
            span.Remove(value);
    }

    /// <summary>Forgets what is older than <paramref name="floor"/>.</summary>
    public void Prune(long floor)
    {
        if (floor > _latestFrom)
            _latest = null;
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
