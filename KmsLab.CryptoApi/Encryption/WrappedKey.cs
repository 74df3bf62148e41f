using System.Text;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// A record's data key as KMS encrypted it, with the ARN of the KMS key that can decrypt it. Version 1: ARN, ciphertext.
/// It stands apart from <see cref="RecordHeader"/>, which the text is bound to, so that a record can be re-wrapped without touching its text.
/// </summary>
internal sealed record WrappedKey(string KeyArn, byte[] Ciphertext)
{
    public const byte Version = 1;

    public byte[] ToBytes() => Fields.Write(Version, Encoding.UTF8.GetBytes(KeyArn), Ciphertext);

    /// <summary>Reads a stored one.</summary>
    /// <exception cref="DamagedRecordException">It isn't one.</exception>
    public static WrappedKey Read(ReadOnlySpan<byte> bytes)
    {
        var fields = Fields.Read(bytes, Version, 2);
        return fields[0].Length > 0 && fields[1].Length > 0
            ? new(Encoding.UTF8.GetString(fields[0]), fields[1])
            : throw new DamagedRecordException("a field of the wrapped key is empty");
    }
}
