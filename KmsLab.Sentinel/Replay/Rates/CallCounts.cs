using KmsLab.Sentinel.FastPath;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Calls of one minute. It is small, so that the minute that records are of now stays in the processor's cache.</summary>
internal sealed class CallCounts
{
    private const int FirstSize = 256;

    private Entry[] _entries = new Entry[FirstSize];
    private int _count;

    /// <summary>What was counted, in no order.</summary>
    public IEnumerable<(CallKey Key, long Calls)> All => _entries.Where(entry => entry.Calls > 0).Select(entry => (entry.Key, entry.Calls));

    /// <summary>How many keys there are.</summary>
    public int Count => _count;

    /// <summary>Counts calls.</summary>
    public void Add(CallKey key, long calls)
    {
        ref var entry = ref Find(_entries, key);
        if (entry.Calls == 0)
        {
            entry.Key = key;
            _count++;
        }

        entry.Calls += calls;
        if (_count * 2 > _entries.Length)
            Grow();
    }

    /// <summary>Adds what another counted.</summary>
    public void Add(CallCounts other)
    {
        foreach (var entry in other._entries)
        {
            if (entry.Calls > 0)
                Add(entry.Key, entry.Calls);
        }
    }

    private static ref Entry Find(Entry[] entries, CallKey key)
    {
        var mask = entries.Length - 1;
        var hash = (key.High ^ (key.Low * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93;
        var index = (int)(hash >> 32) & mask;
        while (entries[index].Calls != 0 && entries[index].Key != key)
            index = (index + 1) & mask;
        return ref entries[index];
    }

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        foreach (var entry in _entries)
        {
            if (entry.Calls > 0)
                Find(larger, entry.Key) = entry;
        }

        _entries = larger;
    }

    private struct Entry
    {
        public CallKey Key;
        public long Calls;
    }
}
