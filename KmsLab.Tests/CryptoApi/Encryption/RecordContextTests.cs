using System.Buffers.Text;
using System.Security.Cryptography;
using CsCheck;
using KmsLab.CryptoApi.Encryption;

namespace KmsLab.Tests.CryptoApi.Encryption;

public sealed class RecordContextTests
{
    private static readonly Gen<byte[]> GenToken = Gen.Byte.Array[AccessToken.Size];

    [Fact]
    public void Context_is_the_record_id_and_the_hmac_that_the_design_states()
    {
        using var token = Token(new byte[32]);

        var context = RecordContext.Create(new RecordId(0x0123), token, "Andy Jassy"u8);

        context.ShouldBe(
            new Dictionary<string, string>
            {
                ["r"] = "00000000000000000000000000000123",
                ["t"] = Base64Url.EncodeToString(HMACSHA256.HashData(new byte[32], "kmslab/ctx/v1\0\0\0\u000aAndy Jassy"u8)),
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Context_differs_when_token_or_name_does() =>
        Gen.Select(GenToken, GenToken, Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 40]).Sample((token1, token2, name1, name2) =>
        {
            using var first = Token(token1);
            using var second = Token(token2);
            var same = token1.AsSpan().SequenceEqual(token2) && name1.AsSpan().SequenceEqual(name2);
            return same == (Tag(first, name1) == Tag(second, name2)) && Tag(first, name1) == Tag(first, name1);
        });

    private static string Tag(AccessToken token, byte[] name) => RecordContext.Create(default, token, name)[RecordContext.TagKey];

    private static AccessToken Token(byte[] bytes)
    {
        var text = new byte[43];
        Base64Url.EncodeToUtf8(bytes, text, out _, out _);
        return AccessToken.Read(text);
    }
}
