using System.Buffers.Binary;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>The stored format's building block: a version byte, then fields, each with its length in two bytes, big-endian, before it.</summary>
internal static class Fields
{
    /// <summary>Writes a version and its fields.</summary>
    public static byte[] Write(byte version, params ReadOnlySpan<byte[]> fields)
    {
        var size = 1;
        foreach (var field in fields)
            size += sizeof(ushort) + field.Length;

        var bytes = new byte[size];
        bytes[0] = version;
        var rest = bytes.AsSpan(1);
        foreach (var field in fields)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)field.Length));
            field.CopyTo(rest[sizeof(ushort)..]);
            rest = rest[(sizeof(ushort) + field.Length)..];
        }

        return bytes;
    }

    /// <summary>Reads exactly <paramref name="count"/> fields, with nothing left over.</summary>
    /// <exception cref="DamagedRecordException">The bytes are something else.</exception>
    public static byte[][] Read(ReadOnlySpan<byte> bytes, byte version, int count)
    {
        if (bytes.IsEmpty || bytes[0] != version)
            throw new DamagedRecordException($"unknown version {(bytes.IsEmpty ? "(none)" : bytes[0])}");

        var rest = bytes[1..];
        var fields = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < sizeof(ushort) || rest.Length - sizeof(ushort) < BinaryPrimitives.ReadUInt16BigEndian(rest))
                throw new DamagedRecordException($"field {i} is cut short");

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            fields[i] = rest.Slice(sizeof(ushort), length).ToArray();
            rest = rest[(sizeof(ushort) + length)..];
        }

        return rest.IsEmpty ? fields : throw new DamagedRecordException("bytes after the last field");
    }
}
