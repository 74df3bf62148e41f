using System.Text;
using System.Text.Json;
using CsCheck;
using KmsLab.CryptoApi.Http;

namespace KmsLab.Tests.CryptoApi.Http;

public sealed class BodyFieldsTests
{
    private static readonly BodyField Text = new("Text", 1_000_000) { MayBeEmpty = true };
    private const string JsonLikeCharacters = "{}[]\":,\\u0dText ntrue1";

    private static readonly Gen<char> JsonLike = Gen.Int[0, JsonLikeCharacters.Length - 1].Select(i => JsonLikeCharacters[i]);

    [Fact]
    public void Any_text_is_read_as_its_utf8_escaped_or_not() =>
        Gen.String.Where(IsWellFormed).Sample(text =>
        {
            var escaped = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["Text"] = text });
            var allEscaped = Encoding.ASCII.GetBytes("{\"Text\":\"" + string.Concat(text.Select(c => $"\\u{(int)c:x4}")) + "\"}");
            return Read(escaped) == text && Read(allEscaped) == text;
        });

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_else() =>
        Gen.OneOf(Gen.Byte.Array[0, 60], Gen.String[JsonLike, 0, 40].Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
        {
            try
            {
                BodyFields.Parse(bytes, [Text]).Dispose();
            }
            catch (RefusedRequestException refused)
            {
                refused.Field.ShouldBeOneOf("body", "Text");
            }
        });

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_body() => Read([0xEF, 0xBB, 0xBF, .. "{\"Text\":\"x\"}"u8]).ShouldBe("x");

    [Fact]
    public void Unknown_fields_are_ignored() => Read("{\"Other\":{\"Text\":[1,{}]},\"Text\":\"x\",\"more\":null}"u8.ToArray()).ShouldBe("x");

    [Fact]
    public void Values_are_zero_after_disposal()
    {
        var fields = BodyFields.Parse("{\"Text\":\"secret\"}"u8, [Text]);
        var value = fields[Text]!;

        fields.Dispose();

        value.ShouldBe(new byte[6]);
    }

    private static string Read(byte[] json)
    {
        using var fields = BodyFields.Parse(json, [Text]);
        return Encoding.UTF8.GetString(fields[Text]!);
    }

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}
