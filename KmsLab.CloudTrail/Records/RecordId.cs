using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KmsLab.CloudTrail.Records;

/// <summary>
/// The 16 bytes that identify a record: its <c>eventID</c>, a GUID that CloudTrail generates and repeats in every copy that it delivers.
/// An id that is no GUID, or a record without one, is identified by the first 16 bytes of a SHA-256 instead.
/// </summary>
public readonly record struct RecordId(UInt128 Value)
{
    /// <summary>Length of <see cref="ToBytes"/>.</summary>
    public const int Size = 16;

    /// <summary>The id that <paramref name="eventId"/> stands for.</summary>
    public static RecordId From(string eventId) =>
        Guid.TryParseExact(eventId, "D", out var guid) ? From(guid) : Hash(eventId);

    /// <summary>The id of something that has no <c>eventID</c>: equal bytes are the same thing.</summary>
    public static RecordId Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return new(BinaryPrimitives.ReadUInt128BigEndian(digest));
    }

    /// <summary>The id of a text.</summary>
    public static RecordId Hash(string text) => Hash(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static RecordId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>The 16 bytes, in the order in which a GUID is written.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    /// <summary>The id in a GUID's form.</summary>
    public override string ToString() => new Guid(ToBytes(), bigEndian: true).ToString("D");

    private static RecordId From(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[Size];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return FromBytes(bytes);
    }
}
