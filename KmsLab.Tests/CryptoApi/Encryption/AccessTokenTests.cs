using System.Text;
using CsCheck;
using KmsLab.CryptoApi.Encryption;

namespace KmsLab.Tests.CryptoApi.Encryption;

public sealed class AccessTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public void Token_is_43_characters_of_base64url_and_reads_back_as_itself()
    {
        using var token = AccessToken.Create();

        var text = token.ToText();

        text.Length.ShouldBe(43);
        text.ShouldAllBe(c => Alphabet.Contains(c));
        Read(text).ShouldBe(token.Bytes.ToArray());
    }

    [Fact]
    public void Token_has_one_spelling_only()
    {
        using var token = AccessToken.Create();
        var text = token.ToText();

        // The last character carries four bits; its two spare ones can be set in three other ways.
        var last = Alphabet.IndexOf(text[^1], StringComparison.Ordinal);
        for (var spare = 1; spare < 4; spare++)
            Read(text[..^1] + Alphabet[last | spare]).ShouldNotBe(token.Bytes.ToArray());

        Read(text + "=").ShouldNotBe(token.Bytes.ToArray());
        Read(" " + text).ShouldNotBe(token.Bytes.ToArray());
        Read(text.Insert(20, "\n")).ShouldNotBe(token.Bytes.ToArray());
    }

    [Fact]
    public void Any_other_text_reads_as_a_token_that_differs() =>
        Gen.String.Where(text => text.Length != 43).Sample(text =>
        {
            using var token = AccessToken.Read(Encoding.UTF8.GetBytes(text));
            using var again = AccessToken.Read(Encoding.UTF8.GetBytes(text));
            return token.Bytes.SequenceEqual(again.Bytes) && token.ToText() != text;
        });

    [Fact]
    public void A_changed_character_reads_as_another_token() =>
        Gen.Select(Gen.Byte.Array[AccessToken.Size], Gen.Int[0, 42], Gen.Int[1, 63]).Sample((bytes, at, by) =>
        {
            var text = System.Buffers.Text.Base64Url.EncodeToString(bytes);
            var changed = text[..at] + Alphabet[(Alphabet.IndexOf(text[at], StringComparison.Ordinal) + by) % 64] + text[(at + 1)..];
            return !Read(changed).AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void Token_is_zero_after_disposal()
    {
        var token = AccessToken.Create();

        token.Dispose();

        token.Bytes.ToArray().ShouldBe(new byte[AccessToken.Size]);
    }

    private static byte[] Read(string text)
    {
        using var token = AccessToken.Read(Encoding.UTF8.GetBytes(text));
        return token.Bytes.ToArray();
    }
}
