using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Remembers a number for each of some texts, by their bytes. When it is full it forgets all of them. One thread's.</summary>
public sealed class TextMemo
{
    /// <summary>Longer texts are not remembered.</summary>
    public const int LongestText = 1024;

    private const int MaxTexts = 32 * 1024;
    private const int MaxBytes = 4 * 1024 * 1024;

    // Nobody outside can know which texts collide.
    private static readonly ulong[] Seeds = MemoryMarshal.Cast<byte, ulong>(RandomNumberGenerator.GetBytes(3 * sizeof(ulong))).ToArray();

    private Entry[] _entries = new Entry[256];
    private byte[] _bytes = new byte[16 * 1024];
    private int _count;
    private int _used;

    /// <summary>The number of a text.</summary>
    /// <returns>False if it is not remembered.</returns>
    public bool TryGet(ReadOnlySpan<byte> text, out int number)
    {
        var hash = HashOf(text);
        var entries = _entries;
        for (var index = (hash >> 1) & (uint)(entries.Length - 1); ; index = (index + 1) & (uint)(entries.Length - 1))
        {
            ref var entry = ref entries[index];
            if (entry.Hash == 0)
            {
                number = 0;
                return false;
            }

            if (entry.Hash == hash && text.SequenceEqual(_bytes.AsSpan(entry.Start, entry.Length)))
            {
                number = entry.Number;
                return true;
            }
        }
    }

    /// <summary>Remembers the number of a text that is not remembered.</summary>
    public void Add(ReadOnlySpan<byte> text, int number)
    {
        if (text.Length > LongestText)
            return;
        if (_count == MaxTexts || _used + text.Length > MaxBytes)
            Forget();
        if (_count * 2 >= _entries.Length)
            Grow();

        while (_used + text.Length > _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
        text.CopyTo(_bytes.AsSpan(_used));
        Put(_entries, new Entry(HashOf(text), _used, text.Length, number));
        _used += text.Length;
        _count++;
    }

    private void Forget()
    {
        Array.Clear(_entries);
        (_count, _used) = (0, 0);
    }

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        foreach (var entry in _entries)
        {
            if (entry.Hash != 0)
                Put(larger, entry);
        }

        _entries = larger;
    }

    private static void Put(Entry[] entries, Entry entry)
    {
        var index = (entry.Hash >> 1) & (uint)(entries.Length - 1);
        while (entries[index].Hash != 0)
            index = (index + 1) & (uint)(entries.Length - 1);
        entries[index] = entry;
    }

    /// <returns>Never zero, which stands for no entry.</returns>
    private static uint HashOf(ReadOnlySpan<byte> text)
    {
        var hash = Seeds[0] ^ (ulong)text.Length;
        var rest = text;
        for (; rest.Length > 16; rest = rest[16..])
            hash = Fold(First(rest) ^ hash, First(rest[8..]) ^ Seeds[1]);
        hash = Fold(First(rest) ^ hash, Last(rest) ^ Seeds[2]);
        return (uint)(hash >> 32) | 1;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    /// <summary>Eight bytes from the first on, or those there are.</summary>
    private static ulong First(ReadOnlySpan<byte> rest) => rest.Length switch
    {
        >= 8 => BinaryPrimitives.ReadUInt64LittleEndian(rest),
        >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(rest),
        > 0 => rest[0],
        _ => 0,
    };

    /// <summary>The last eight bytes, or those there are.</summary>
    private static ulong Last(ReadOnlySpan<byte> rest) => rest.Length switch
    {
        >= 8 => BinaryPrimitives.ReadUInt64LittleEndian(rest[^8..]),
        >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]),
        > 0 => (uint)(rest[rest.Length / 2] << 8) | rest[^1],
        _ => 0,
    };

    private readonly record struct Entry(uint Hash, int Start, int Length, int Number);
}
