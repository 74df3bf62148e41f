using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>What a proof is about: one KMS call, as its maker knows it before and CloudTrail records it after.</summary>
/// <param name="Operation">The operation, such as <c>Decrypt</c>.</param>
/// <param name="KeyArns">ARNs of the keys it uses. Their order does not count: CloudTrail promises none for ReEncrypt's two.</param>
/// <param name="Context">The encryption context; of a ReEncrypt, the source's. Null and empty are the same.</param>
/// <param name="DestinationContext">The destination's context of a ReEncrypt.</param>
public sealed record AttestedCall(string Operation, IReadOnlyList<string> KeyArns, EncryptionContext? Context = null, EncryptionContext? DestinationContext = null)
{
    /// <summary>The call that <paramref name="record"/> is the record of.</summary>
    public static AttestedCall Of(CloudTrailRecord record) => new(record.EventName, record.KeyArns, record.Context, record.DestinationContext);

    /// <summary>
    /// The bytes that are signed (docs/attestation.md). Every field has its length before it, every list its count, so that no two different calls give
    /// the same bytes.
    /// </summary>
    internal byte[] ToSignedBytes(AttestationProof proof)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Text(bytes, "kmslab/attestation/v1");
        Text(bytes, proof.KeyId);
        Text(bytes, Operation);

        var arns = KeyArns.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        Number(bytes, arns.Length);
        foreach (var arn in arns)
            Text(bytes, arn);

        Pairs(bytes, Context);
        Pairs(bytes, DestinationContext);
        Text(bytes, proof.Seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Text(bytes, proof.Nonce);
        Text(bytes, proof.ClientTag);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Pairs(ArrayBufferWriter<byte> bytes, EncryptionContext? context)
    {
        var pairs = context?.Pairs ?? [];
        Number(bytes, pairs.Count);
        foreach (var (name, value) in pairs)
        {
            Text(bytes, name);
            Text(bytes, value);
        }
    }

    private static void Text(ArrayBufferWriter<byte> bytes, string text)
    {
        Number(bytes, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    private static void Number(ArrayBufferWriter<byte> bytes, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(sizeof(int)), number);
        bytes.Advance(sizeof(int));
    }
}
