using System.Buffers.Binary;

namespace KmsLab.LocalAws.S3;

/// <summary>A reflected CRC of up to 64 bits, eight bytes a step.</summary>
internal sealed class Crc
{
    public static readonly Crc Crc32 = new(0xEDB88320, 32);
    public static readonly Crc Crc32C = new(0x82F63B78, 32);
    public static readonly Crc Crc64Nvme = new(0x9A6C9329AC4BC9B5, 64);

    private readonly ulong[] _tables = new ulong[8 * 256];
    private readonly ulong _ones;
    private readonly int _bytes;

    private Crc(ulong polynomial, int bits)
    {
        (_ones, _bytes) = (ulong.MaxValue >> (64 - bits), bits / 8);
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ polynomial;
            _tables[i] = value;
        }

        for (var i = 256; i < _tables.Length; i++)
            _tables[i] = (_tables[i - 256] >> 8) ^ _tables[(byte)_tables[i - 256]];
    }

    public ulong Start => _ones;

    public ulong Append(ulong crc, ReadOnlySpan<byte> bytes)
    {
        var tables = _tables;
        while (bytes.Length >= 8)
        {
            var x = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = tables[0x700 + (byte)x] ^ tables[0x600 + (byte)(x >> 8)] ^ tables[0x500 + (byte)(x >> 16)] ^ tables[0x400 + (byte)(x >> 24)]
                ^ tables[0x300 + (byte)(x >> 32)] ^ tables[0x200 + (byte)(x >> 40)] ^ tables[0x100 + (byte)(x >> 48)] ^ tables[(byte)(x >> 56)];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = (crc >> 8) ^ tables[(byte)(crc ^ b)];
        return crc;
    }

    /// <summary>The value, most significant byte first.</summary>
    public byte[] Finish(ulong crc)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, crc ^ _ones);
        return value[^_bytes..].ToArray();
    }
}
