using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>What follows the exact bytes of an edge.</summary>
internal enum EdgeEnd : byte
{
    /// <summary>A text; the edge's last byte is its opening quote.</summary>
    Text,

    /// <summary>A whole number without a sign.</summary>
    Number,

    /// <summary>The next edge: these bytes are longer than one holds.</summary>
    Edge,

    /// <summary>Nothing: the record ends here.</summary>
    Record,

    /// <summary>There is no edge here: nothing was learned of its state yet.</summary>
    None,
}

/// <summary>The exact bytes from the end of one value of a record to the beginning of the next.</summary>
/// <remarks>Its size is a power of two: finding one among the others takes a shift then, and that is what all waits for.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ShapeEdge
{
    /// <summary>The most bytes that an edge holds.</summary>
    public const int Size = 64;

    /// <summary>No field, for <see cref="Field"/>.</summary>
    public const byte NoField = byte.MaxValue;

    /// <summary>The bytes, from the first on.</summary>
    public Vector512<byte> Bytes;

    /// <summary>A bit for each of the <see cref="Length"/> bytes.</summary>
    public ulong Mask;

    public int Length;

    /// <summary>The state after the value that follows: the first of its edges.</summary>
    public int Target;

    /// <summary>The next edge of the same state; -1 for none.</summary>
    public int Next;

    /// <summary>Where the edge's marks begin among all marks.</summary>
    public int Marks;

    /// <summary>How long the text that follows was, the last time.</summary>
    public int Guess;

    /// <summary>How often the guess was right lately; below zero, it is not relied on.</summary>
    public int Trust;

    public byte MarkCount;

    public EdgeEnd End;

    /// <summary>The field that the value that follows is noted for, or <see cref="NoField"/>.</summary>
    public byte Field;

    /// <summary>Whether the value that follows belongs to a field: it is one, or stands in a structure that is.</summary>
    public bool IsNoted;
}

/// <summary>What a mark says of its place.</summary>
internal enum MarkKind : byte
{
    /// <summary>A structure begins that is noted for a field.</summary>
    Opens,

    /// <summary>The structure ends before this byte.</summary>
    Closes,

    /// <summary>A <c>true</c>, <c>false</c> or <c>null</c> that is noted for a field.</summary>
    Literal,
}

/// <summary>A place within an edge's bytes at which something is noted.</summary>
/// <param name="Offset">From the edge's first byte.</param>
/// <param name="Length">Bytes of a literal.</param>
/// <param name="Kind">What is there.</param>
/// <param name="Field">The field that it is noted for.</param>
/// <param name="Type">The type of the structure or literal.</param>
internal readonly record struct ShapeMark(int Offset, byte Length, MarkKind Kind, byte Field, JsonTokenType Type);
