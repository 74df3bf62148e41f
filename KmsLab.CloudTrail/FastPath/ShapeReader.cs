using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Reads records whose shape is known: compares bytes with those of an edge, and looks for the end of a value, by turns.</summary>
/// <remarks>
/// It reads only what is valid JSON in a shape that <see cref="ShapeTeacher"/> saw; everything else is unknown, and nothing is known of it.
/// </remarks>
internal sealed class ShapeReader(ShapeTable shapes, RecordInterest interest)
{
    /// <summary>Nothing is known of what begins there.</summary>
    public const int Unknown = -1;

    /// <summary>It is of a service that nobody asked for; what follows its <c>eventSource</c> was not read.</summary>
    public const int NotOfInterest = -2;

    private const int Size = ShapeEdge.Size;

    /// <summary>How many times an edge that was not tried first is right until it is put first.</summary>
    private const int Patience = 16;

    /// <summary>How far trust in a guess goes, either way.</summary>
    private const int MostTrust = 8;

    private static readonly SearchValues<byte> OddEnds = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private int _opensAt;
    private int _detours;

    /// <summary>Reads the record that begins with the first byte.</summary>
    /// <param name="text">
    /// The record and what follows it: at least <see cref="ShapeEdge.Size"/> bytes more, or a record may stay unknown.
    /// </param>
    /// <param name="outline">Where its fields stand, if it is known.</param>
    /// <returns>Where it ends, <see cref="Unknown"/> or <see cref="NotOfInterest"/>.</returns>
    public int Read(ReadOnlySpan<byte> text, RecordOutline outline)
    {
        outline.Clear();
        ref var bytes = ref MemoryMarshal.GetReference(text);
        var (edges, last) = (shapes.Edges, text.Length - Size);
        var (at, state) = (0, ShapeTable.Begin);
        while (at <= last)
        {
            ref var edge = ref edges[state];
            var ahead = Vector512.LoadUnsafe(ref bytes, (nuint)at);
            if (!IsAhead(edge, ahead))
            {
                var other = FindOther(ahead, edges, state);
                if (other < 0)
                    return Unknown;
                edge = ref edges[other];
            }

            if (edge.MarkCount > 0)
                Note(edge, at, outline);
            at += edge.Length;
            state = edge.Target;
            if (edge.End == EdgeEnd.Text)
            {
                var start = at;
                at = IsGuessRight(ref bytes, at, last, ref edge) ? at + edge.Guess : EndOfText(ref bytes, at, last, ref edge);
                if (at < 0 || Unsafe.Add(ref bytes, at) != (byte)'"')
                {
                    at = at < 0 ? Unknown : EndOfOddText(text, at);
                    outline.IsPlain &= !edge.IsNoted;
                    if (at < 0)
                        return Unknown;
                }

                if (edge.Field == ShapeEdge.NoField)
                    continue;

                outline.Note(edge.Field, start - 1, at - start + 2, JsonTokenType.String);
                if (edge.Field == (byte)Field.EventSource && !IsOfInterest(text[start..at], outline))
                    return outline.IsPlain ? NotOfInterest : Unknown;
            }
            else if (edge.End == EdgeEnd.Number)
            {
                var length = LengthOfNumber(text[at..]);
                if (length == 0)
                    return Unknown;
                if (edge.Field != ShapeEdge.NoField)
                    outline.Note(edge.Field, at, length, JsonTokenType.Number);
                at += length;
            }
            else if (edge.End == EdgeEnd.Record)
            {
                return at;
            }
        }

        return Unknown;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAhead(in ShapeEdge edge, Vector512<byte> ahead) =>
        (~Vector512.Equals(ahead, edge.Bytes).ExtractMostSignificantBits() & edge.Mask) == 0;

    private int FindOther(Vector512<byte> ahead, ShapeEdge[] edges, int state)
    {
        for (var index = edges[state].Next; index >= 0; index = edges[index].Next)
        {
            if (!IsAhead(edges[index], ahead))
                continue;
            if (++_detours % Patience != 0 || edges[index].End == EdgeEnd.Number)
                return index;

            shapes.PutFirst(state, index);
            return state;
        }

        return -1;
    }

    /// <summary>
    /// Whether a text is as long as the last one was, which most are that stand at one place. Nothing has to be waited for then to know
    /// where the next edge begins.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsGuessRight(ref byte bytes, int at, int last, ref ShapeEdge edge) =>
        edge.Trust >= 0 && at <= last
        && (Ends(Vector512.LoadUnsafe(ref bytes, (nuint)at)) & ((2UL << edge.Guess) - 1)) == 1UL << edge.Guess;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Ends(Vector512<byte> here) => (
        Vector512.Equals(here, Vector512.Create((byte)'"')) | Vector512.Equals(here, Vector512.Create((byte)'\\'))
        | Vector512.LessThan(here.AsSByte(), Vector512.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();

    /// <returns>The first byte that is no printable ASCII, or a quote or backslash; -1 if there is none before the last vector.</returns>
    private static int EndOfText(ref byte bytes, int at, int last, ref ShapeEdge edge)
    {
        for (var start = at; at <= last; at += Size)
        {
            var ends = Ends(Vector512.LoadUnsafe(ref bytes, (nuint)at));
            if (ends == 0)
                continue;

            at += BitOperations.TrailingZeroCount(ends);
            Learn(ref edge, at - start);
            return at;
        }

        return -1;
    }

    private static void Learn(ref ShapeEdge edge, int length)
    {
        if (length >= Size)
            edge.Trust = -MostTrust;
        else if (length == edge.Guess)
            edge.Trust = Math.Min(edge.Trust + 1, MostTrust);
        else
            (edge.Guess, edge.Trust) = (length, Math.Max(edge.Trust - 4, -MostTrust));
    }

    /// <summary>Goes on over escapes and over what is no ASCII, as JSON allows them.</summary>
    /// <returns>The closing quote; <see cref="Unknown"/> if there is none.</returns>
    private static int EndOfOddText(ReadOnlySpan<byte> text, int at)
    {
        while (text[at..].IndexOfAny(OddEnds) is var length and >= 0)
        {
            at += length;
            if (text[at] == '"')
                return at;

            var escape = text[at] == '\\' ? LengthOfEscape(text[at..]) : 0;
            if (escape == 0)
                return Unknown;
            at += escape;
        }

        return Unknown;
    }

    private static int LengthOfEscape(ReadOnlySpan<byte> rest) => rest switch
    {
        [_, (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t', ..] => 2,
        [_, (byte)'u', var a, var b, var c, var d, ..] when char.IsAsciiHexDigit((char)a) && char.IsAsciiHexDigit((char)b)
            && char.IsAsciiHexDigit((char)c) && char.IsAsciiHexDigit((char)d) => 6,
        _ => 0,
    };

    /// <summary>Digits only: what follows them must be the next edge, and that begins with none of a number's other characters.</summary>
    private static int LengthOfNumber(ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length > 1 && rest[0] == '0' ? 0 : Math.Max(length, 0);
    }

    private bool IsOfInterest(ReadOnlySpan<byte> eventSource, RecordOutline outline) => outline.IsPlain && interest.Includes(eventSource);

    private void Note(in ShapeEdge edge, int at, RecordOutline outline)
    {
        foreach (var mark in shapes.Marks.AsSpan(edge.Marks, edge.MarkCount))
        {
            if (mark.Kind == MarkKind.Opens)
                _opensAt = at + mark.Offset;
            else if (mark.Kind == MarkKind.Closes)
                outline.Note(mark.Field, _opensAt, at + mark.Offset - _opensAt, mark.Type);
            else
                outline.Note(mark.Field, at + mark.Offset, mark.Length, mark.Type);
        }
    }
}
