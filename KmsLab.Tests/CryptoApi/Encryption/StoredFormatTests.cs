using System.Security.Cryptography;
using CsCheck;
using KmsLab.CryptoApi.Encryption;

namespace KmsLab.Tests.CryptoApi.Encryption;

/// <summary>docs/cryptoapi.md, "The stored format". What is stored can't be changed later: the bytes themselves are pinned here.</summary>
public sealed class StoredFormatTests
{
    private static readonly byte[] DataKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Header_has_its_published_bytes()
    {
        var header = new RecordHeader(new RecordId(0x0123), [.. Enumerable.Range(0xA0, 12).Select(i => (byte)i)]);

        Convert.ToHexStringLower(header.ToBytes()).ShouldBe("01" + "0010" + "00000000000000000000000000000123" + "000c" + "a0a1a2a3a4a5a6a7a8a9aaab");
    }

    [Fact]
    public void Wrapped_key_has_its_published_bytes() =>
        Convert.ToHexStringLower(new WrappedKey("arn:k", [0xC1, 0xC2]).ToBytes()).ShouldBe("01" + "0005" + "61726e3a6b" + "0002" + "c1c2");

    [Fact]
    public void Body_has_its_published_bytes()
    {
        var header = new RecordHeader(new RecordId(0x0123), new byte[12]);
        using var token = AccessToken.Read("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"u8);

        var body = RecordCipher.Seal(header, DataKey, token, "Welcome"u8);

        // Made independently, from the specification alone.
        var recordKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, DataKey, 32, DataKey, "kmslab/rec/v1"u8.ToArray());
        var expected = new byte["Welcome"u8.Length + 16];
        using var aes = new AesGcm(recordKey, 16);
        aes.Encrypt(
            new byte[12], "Welcome"u8, expected.AsSpan(0, 7), expected.AsSpan(7),
            Convert.FromHexString("01" + "0010" + "00000000000000000000000000000123" + "000c" + "000000000000000000000000"));
        body.ShouldBe(expected);
        Convert.ToHexStringLower(body).ShouldBe(PublishedBody);
    }

    private const string PublishedBody = "0e9778167702e2f7fb0e4a905a3c49c3a01470fe9ebdff";

    [Fact]
    public void What_was_sealed_opens_again() =>
        Gen.Byte.Array[0, 5000].Sample(text =>
        {
            using var token = AccessToken.Create();
            var header = RecordHeader.Create(RecordId.Create());
            return RecordCipher.Open(RecordHeader.Read(header.ToBytes()), DataKey, token, RecordCipher.Seal(header, DataKey, token, text)).AsSpan().SequenceEqual(text);
        });

    [Fact]
    public void Nothing_opens_with_one_bit_changed_anywhere() =>
        Gen.Select(Gen.Byte.Array[0, 64], Gen.Int[0, 100_000], Gen.Int[0, 7]).Sample((text, at, bit) =>
        {
            using var token = AccessToken.Create();
            var header = RecordHeader.Create(RecordId.Create());
            var sealedBody = RecordCipher.Seal(header, DataKey, token, text);
            byte[][] parts = [header.ToBytes(), [.. DataKey], token.Bytes.ToArray(), sealedBody];

            at %= parts.Sum(part => part.Length);
            var part = 0;
            for (; at >= parts[part].Length; part++)
                at -= parts[part].Length;
            parts[part][at] ^= (byte)(1 << bit);

            Should.Throw<DamagedRecordException>(() =>
            {
                using var changed = AccessToken.Read(System.Text.Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(parts[2])));
                RecordCipher.Open(RecordHeader.Read(parts[0]), parts[1], changed, parts[3]);
            });
        });

    [Fact]
    public void Any_bytes_read_as_a_header_or_as_damage_and_nothing_else() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            try
            {
                return RecordHeader.Read(bytes).ToBytes().AsSpan().SequenceEqual(bytes);
            }
            catch (DamagedRecordException)
            {
                return true;
            }
        });

    [Fact]
    public void Fields_keep_their_boundaries() =>
        Gen.Byte.Array[0, 300].Array[0, 5].Sample(fields =>
        {
            var bytes = Fields.Write(1, fields);
            var read = Fields.Read(bytes, 1, fields.Length);
            return read.Length == fields.Length && read.Zip(fields).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        });

    [Fact]
    public void A_cut_or_lengthened_header_is_damage()
    {
        var bytes = RecordHeader.Create(RecordId.Create()).ToBytes();

        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<DamagedRecordException>(() => RecordHeader.Read(bytes.AsSpan(0, length)));
        Should.Throw<DamagedRecordException>(() => RecordHeader.Read([.. bytes, 0]));
        Should.Throw<DamagedRecordException>(() => RecordHeader.Read([2, .. bytes.AsSpan(1)]));
    }

    [Fact]
    public void A_wrapped_key_reads_back() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 100], Gen.Byte.Array[1, 6144]).Sample((arn, ciphertext) =>
        {
            var read = WrappedKey.Read(new WrappedKey(arn, ciphertext).ToBytes());
            return read.KeyArn == arn && read.Ciphertext.AsSpan().SequenceEqual(ciphertext);
        });
}
