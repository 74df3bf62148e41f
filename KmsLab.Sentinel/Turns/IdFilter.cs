using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>Says of most new ids, without asking the database, that it does not know them: a set of 64 bits of each, 8 to 16 bytes an id.</summary>
/// <remarks>It errs on one side only: an id that it does not hold is new; one that it seems to hold is looked up.</remarks>
internal sealed class IdFilter
{
    /// <summary>Beyond so many ids it gives up, at 512 MiB.</summary>
    public const int Limit = 48_000_000;

    private ulong[] _slots = new ulong[1024];
    private int _count;

    /// <summary>Whether it is full: then it knows nothing any more.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether an id may have been added.</summary>
    public bool MayHold(RecordId id) => IsFull || _slots[SlotOf(_slots, BitsOf(id))] != 0;

    public void Add(RecordId id)
    {
        if (IsFull)
            return;
        if (_count >= Limit)
        {
            (IsFull, _slots) = (true, []);
            return;
        }

        if (_count >= _slots.Length / 4 * 3)
            Grow();
        var bits = BitsOf(id);
        var slot = SlotOf(_slots, bits);
        _count += _slots[slot] == 0 ? 1 : 0;
        _slots[slot] = bits;
    }

    /// <summary>An eventID is random but for six bits, and whoever forges one gains no more than a lookup. Zero stands for an empty slot.</summary>
    private static ulong BitsOf(RecordId id) => (ulong)id.Value | 1;

    private static int SlotOf(ulong[] slots, ulong bits)
    {
        var mask = slots.Length - 1;
        var slot = (int)((bits * 0x9E3779B97F4A7C15) >> 32) & mask;
        while (slots[slot] != 0 && slots[slot] != bits)
            slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        var larger = new ulong[_slots.Length * 2];
        foreach (var bits in _slots)
        {
            if (bits != 0)
                larger[SlotOf(larger, bits)] = bits;
        }

        _slots = larger;
    }
}
