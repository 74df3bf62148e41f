using System.Numerics;
using System.Runtime.Intrinsics;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Finds where an object ends, 64 bytes at a time: counts brackets outside of texts, and checks nothing else.</summary>
public static class ValueEnd
{
    /// <summary>Finds the end of the object that begins with the first byte.</summary>
    /// <returns>The byte after its last bracket; -1 if it does not end here, or holds a backslash, or nears the end of the text.</returns>
    public static int Find(ReadOnlySpan<byte> text)
    {
        var (depth, inText) = (0, 0UL);
        for (var at = 0; at + Vector512<byte>.Count <= text.Length; at += Vector512<byte>.Count)
        {
            var here = Vector512.Create(text.Slice(at, Vector512<byte>.Count));
            if (Vector512.EqualsAny(here, Vector512.Create((byte)'\\')))
                return -1;

            var texts = Inside(Bits(here, (byte)'"')) ^ inText;
            // [ and ] differ from { and } in this bit alone.
            var brackets = here | Vector512.Create((byte)0x20);
            var (opening, closing) = (Bits(brackets, (byte)'{') & ~texts, Bits(brackets, (byte)'}') & ~texts);
            if (depth > BitOperations.PopCount(closing))
                depth += BitOperations.PopCount(opening) - BitOperations.PopCount(closing);
            else if (EndIn(opening, closing, ref depth) is var end and > 0)
                return at + end;
            inText = (ulong)((long)texts >> 63);
        }

        return -1;
    }

    private static ulong Bits(Vector512<byte> here, byte value) =>
        Vector512.Equals(here, Vector512.Create(value)).ExtractMostSignificantBits();

    /// <summary>The bytes from each opening quote on, up to the closing one.</summary>
    private static ulong Inside(ulong quotes)
    {
        for (var shift = 1; shift < 64; shift *= 2)
            quotes ^= quotes << shift;
        return quotes;
    }

    /// <returns>How many bytes lie before the end; 0 if it is not here.</returns>
    private static int EndIn(ulong opening, ulong closing, ref int depth)
    {
        for (var brackets = opening | closing; brackets != 0; brackets &= brackets - 1)
        {
            var bit = brackets & (0 - brackets);
            depth += (opening & bit) != 0 ? 1 : -1;
            if (depth == 0)
                return BitOperations.TrailingZeroCount(bit) + 1;
        }

        return 0;
    }
}
