using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// 128 random bits that name a record on the trail and in logs, where the record's own name must not stand. Written as 32 hexadecimal digits.
/// </summary>
internal readonly record struct RecordId(UInt128 Value)
{
    /// <summary>Bytes of an id.</summary>
    public const int Size = 16;

    public static RecordId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    public static RecordId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
