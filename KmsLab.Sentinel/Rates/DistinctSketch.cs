using System.Buffers.Binary;

namespace KmsLab.Sentinel.Rates;

/// <summary>Counts distinct values in bounded memory: exactly up to <see cref="Limit"/>, then by estimate.</summary>
/// <remarks>
/// It keeps the <see cref="Limit"/> smallest hashes that it has seen (k minimum values; Bar-Yossef et al., RANDOM 2002). Hashes are spread evenly, so if
/// the k-th smallest of n stands at the fraction f of all, then n is about (k - 1) / f; the standard error is 1 / √(k - 2), here 6 %. Neither order
/// nor repetition matters, so a replay comes to the same.
/// </remarks>
internal sealed class DistinctSketch
{
    /// <summary>Hashes that are kept, 8 bytes each.</summary>
    public const int Limit = 256;

    // In order: at most 2 KiB, where a tree would take six times as much.
    private readonly List<ulong> _hashes = [];

    /// <summary>Whether <see cref="Count"/> is an estimate.</summary>
    public bool IsEstimate => _hashes.Count == Limit;

    public long Count => IsEstimate ? (long)Math.Round((Limit - 1) / (_hashes[^1] / (double)ulong.MaxValue)) : _hashes.Count;

    /// <summary>Adds a value by its hash.</summary>
    /// <returns>Whether that changed anything.</returns>
    public bool Add(ulong hash)
    {
        var at = _hashes.BinarySearch(hash);
        if (at >= 0 || ~at == Limit)
            return false;

        if (_hashes.Count == Limit)
            _hashes.RemoveAt(Limit - 1);
        _hashes.Insert(~at, hash);
        return true;
    }

    /// <summary>Adds all that <paramref name="other"/> counted: the smallest hashes of both are those of the union.</summary>
    public void Merge(DistinctSketch other)
    {
        foreach (var hash in other._hashes)
            Add(hash);
    }

    /// <summary>Another one that begins with the same.</summary>
    public DistinctSketch Copy()
    {
        var copy = new DistinctSketch();
        copy._hashes.AddRange(_hashes);
        return copy;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[_hashes.Count * sizeof(ulong)];
        var at = 0;
        foreach (var hash in _hashes)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(sizeof(ulong) * at++), hash);
        return bytes;
    }

    public static DistinctSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var sketch = new DistinctSketch();
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sketch._hashes.Add(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        return sketch;
    }
}
