using System.Security.Cryptography;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>Encrypts a text under a record's data key and token together: neither alone opens it.</summary>
/// <remarks>
/// Record key = HKDF-SHA256(ikm = data key, salt = token, info = "kmslab/rec/v1"); text under AES-256-GCM with the stored header as associated
/// data; stored as ciphertext ‖ tag. A data key serves one record once, so a nonce never meets its key again.
/// </remarks>
internal static class RecordCipher
{
    public const int DataKeySize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>Encrypts <paramref name="text"/>.</summary>
    /// <returns>Ciphertext and tag, <see cref="TagSize"/> bytes longer than the text.</returns>
    public static byte[] Seal(RecordHeader header, ReadOnlySpan<byte> dataKey, AccessToken token, ReadOnlySpan<byte> text)
    {
        var body = new byte[text.Length + TagSize];
        Span<byte> recordKey = stackalloc byte[DataKeySize];
        try
        {
            DeriveRecordKey(dataKey, token, recordKey);
            using var aes = new AesGcm(recordKey, TagSize);
            aes.Encrypt(header.Nonce, text, body.AsSpan(0, text.Length), body.AsSpan(text.Length), header.ToBytes());
            return body;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(recordKey);
        }
    }

    /// <summary>Decrypts what <see cref="Seal"/> made.</summary>
    /// <exception cref="DamagedRecordException">Header or body are not what was sealed under this key and token.</exception>
    public static byte[] Open(RecordHeader header, ReadOnlySpan<byte> dataKey, AccessToken token, ReadOnlySpan<byte> body)
    {
        if (body.Length < TagSize)
            throw new DamagedRecordException("its body is cut short");

        var text = new byte[body.Length - TagSize];
        Span<byte> recordKey = stackalloc byte[DataKeySize];
        try
        {
            DeriveRecordKey(dataKey, token, recordKey);
            using var aes = new AesGcm(recordKey, TagSize);
            aes.Decrypt(header.Nonce, body[..text.Length], body[text.Length..], text, header.ToBytes());
            return text;
        }
        catch (AuthenticationTagMismatchException altered)
        {
            throw new DamagedRecordException("its body does not belong to its header and key", altered);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(recordKey);
        }
    }

    private static void DeriveRecordKey(ReadOnlySpan<byte> dataKey, AccessToken token, Span<byte> recordKey) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, recordKey, token.Bytes, "kmslab/rec/v1"u8);
}
