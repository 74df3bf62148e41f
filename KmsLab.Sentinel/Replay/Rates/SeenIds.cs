using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>The ids that were seen, for several threads: about 20 bytes each.</summary>
/// <remarks>In many small tables, each with its lock: two threads seldom want the same one, and growing one copies little.</remarks>
internal sealed class SeenIds
{
    private const int Parts = 1024;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];

    /// <summary>Notes an id.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(RecordId id)
    {
        var hash = HashOf(id.Value);
        return _parts[hash % Parts].Add(id.Value, hash);
    }

    private static ulong HashOf(UInt128 id)
    {
        var hash = ((ulong)(id >> 64) ^ ((ulong)id * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93;
        return (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
    }

    private sealed class Part
    {
        private const double Growth = 1.4;
        private const double Fullest = 0.85;

        private readonly Lock _lock = new();
        private UInt128[] _ids = new UInt128[16];
        private int _count;
        private bool _hasZero;

        public bool Add(UInt128 id, ulong hash)
        {
            lock (_lock)
            {
                // Zero stands for an empty place.
                if (id == UInt128.Zero)
                    return !_hasZero && (_hasZero = true);

                ref var place = ref Find(_ids, id, hash);
                if (place == id)
                    return false;

                place = id;
                if (++_count > _ids.Length * Fullest)
                    Grow();
                return true;
            }
        }

        /// <summary>Where an id is, or would be.</summary>
        private static ref UInt128 Find(UInt128[] ids, UInt128 id, ulong hash)
        {
            var index = (int)Math.BigMul(hash, (ulong)ids.Length, out _);
            while (ids[index] != UInt128.Zero && ids[index] != id)
                index = index + 1 == ids.Length ? 0 : index + 1;
            return ref ids[index];
        }

        private void Grow()
        {
            var larger = new UInt128[(int)(_ids.Length * Growth)];
            foreach (var id in _ids)
            {
                if (id != UInt128.Zero)
                    Find(larger, id, HashOf(id)) = id;
            }

            _ids = larger;
        }
    }
}
