using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>The encryption context of a record's KMS calls: <c>r</c>, its id, and <c>t</c>, which only the right name and token give.</summary>
/// <remarks>
/// CloudTrail records the context in clear. <c>t</c> = base64url(HMAC-SHA256(token, "kmslab/ctx/v1" ‖ length(name) ‖ name)), the length as four
/// bytes, big-endian: neither token nor name can be found from it. A wrong token or name gives another <c>t</c>, and KMS itself refuses
/// (https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html).
/// </remarks>
internal static class RecordContext
{
    /// <summary>The context's key for the record id.</summary>
    public const string RecordKey = "r";

    /// <summary>The context's key for the tag of name and token.</summary>
    public const string TagKey = "t";

    /// <summary>The context of one record.</summary>
    /// <param name="id">The record's id.</param>
    /// <param name="token">The token that came along.</param>
    /// <param name="name">The name that came along, in UTF-8.</param>
    public static Dictionary<string, string> Create(RecordId id, AccessToken token, ReadOnlySpan<byte> name) => new()
    {
        [RecordKey] = id.ToString(),
        [TagKey] = Tag(token, name),
    };

    private static string Tag(AccessToken token, ReadOnlySpan<byte> name)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, name.Length);

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, token.Bytes);
        hmac.AppendData("kmslab/ctx/v1"u8);
        hmac.AppendData(length);
        hmac.AppendData(name);
        return Base64Url.EncodeToString(hmac.GetHashAndReset());
    }
}
