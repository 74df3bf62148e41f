using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Text;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Reads the ids of records from bytes.</summary>
public static class EventIdReader
{
    /// <summary>The id of an eventID, as <see cref="RecordId"/> makes it of the text.</summary>
    /// <param name="eventId">The text's bytes.</param>
    public static RecordId Read(ReadOnlySpan<byte> eventId)
    {
        if (eventId.Length != 36 || eventId[8] != '-' || eventId[13] != '-' || eventId[18] != '-' || eventId[23] != '-')
            return RecordId.From(Encoding.UTF8.GetString(eventId));

        Span<byte> digits = stackalloc byte[32];
        eventId[..8].CopyTo(digits);
        eventId[9..13].CopyTo(digits[8..]);
        eventId[14..18].CopyTo(digits[12..]);
        eventId[19..23].CopyTo(digits[16..]);
        eventId[24..].CopyTo(digits[20..]);
        return TryRead(Vector256.Create<byte>(digits), out var value) ? new(value) : RecordId.From(Encoding.UTF8.GetString(eventId));
    }

    /// <summary>The value of 32 hexadecimal digits, of either case.</summary>
    private static bool TryRead(Vector256<byte> digits, out UInt128 value)
    {
        var numbers = digits - Vector256.Create((byte)'0');
        var letters = (digits | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a');
        var isNumber = Vector256.LessThan(numbers, Vector256.Create((byte)10));
        var isLetter = Vector256.LessThan(letters, Vector256.Create((byte)6));
        var nibbles = Vector256.ConditionalSelect(isNumber, numbers, letters + Vector256.Create((byte)10)).AsUInt16();

        // The first digit of a pair, its high half, lies in the low byte.
        var pairs = ((nibbles << 4) | (nibbles >> 8)) & Vector256.Create((ushort)0xFF);
        var bytes = Vector128.Narrow(pairs.GetLower(), pairs.GetUpper()).AsUInt64();
        value = new(BinaryPrimitives.ReverseEndianness(bytes[0]), BinaryPrimitives.ReverseEndianness(bytes[1]));
        return (isNumber | isLetter).ExtractMostSignificantBits() == uint.MaxValue;
    }
}
