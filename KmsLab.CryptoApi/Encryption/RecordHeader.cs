using System.Security.Cryptography;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// What is stored in clear beside a text and authenticated with it. Version 1: record id (16 bytes), AES-GCM nonce (12 bytes).
/// The version also stands for the algorithms: HKDF-SHA256 and AES-256-GCM with a 16-byte tag.
/// </summary>
internal sealed record RecordHeader(RecordId Id, byte[] Nonce)
{
    public const byte Version = 1;

    public static RecordHeader Create(RecordId id) => new(id, RandomNumberGenerator.GetBytes(RecordCipher.NonceSize));

    public byte[] ToBytes() => Fields.Write(Version, Id.ToBytes(), Nonce);

    /// <summary>Reads a stored header.</summary>
    /// <exception cref="DamagedRecordException">It isn't one.</exception>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes)
    {
        var fields = Fields.Read(bytes, Version, 2);
        return fields[0].Length == RecordId.Size && fields[1].Length == RecordCipher.NonceSize
            ? new(RecordId.Read(fields[0]), fields[1])
            : throw new DamagedRecordException("a header field has the wrong length");
    }
}
