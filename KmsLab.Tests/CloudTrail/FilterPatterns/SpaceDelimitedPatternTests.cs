using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Tests.CloudTrail.FilterPatterns;

public sealed class SpaceDelimitedPatternTests
{
    private const string Access = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 1534";

    [Theory]
    [InlineData("[a, b, c, d, e, f, g, h]", false)]
    [InlineData("[a, b, c, d, e, f, g, ...]", true)]
    [InlineData("[a, b, c, d, e, f, g, h, ...]", false)]
    [InlineData("[..., status=200]", false)]
    [InlineData("[ip, ..., bytes=1534]", true)]
    [InlineData("[w1=\"127.0.0.1\"]", false)]
    [InlineData("[]", true)]
    [InlineData("[..., request=\"GET /apache_pb.gif HTTP/1.0\", status, bytes]", true)]
    [InlineData("[..., (status >= 200 && status < 300) || status = 304, bytes]", true)]
    [InlineData("[..., bytes > 1e3]", true)]
    public void Fields_are_counted_from_both_ends_of_an_ellipsis(string pattern, bool matches) => FilterPattern.Parse(pattern).Matches(Access).ShouldBe(matches);

    [Fact]
    public void Extracted_fields_are_named_or_numbered()
    {
        FilterPattern.Parse("[..., status_code=200, size]").ExtractFields(System.Text.Encoding.UTF8.GetBytes(Access)).ShouldBe(new Dictionary<string, string>
        {
            ["$1"] = "127.0.0.1",
            ["$2"] = "-",
            ["$3"] = "frank",
            ["$4"] = "10/Oct/2000:13:25:15 -0700",
            ["$5"] = "GET /apache_pb.gif HTTP/1.0",
            ["$status_code"] = "200",
            ["$size"] = "1534",
        }, ignoreOrder: true);
        FilterPattern.Parse("[..., request=*.gif*, status_code=2*,]").ExtractFields(System.Text.Encoding.UTF8.GetBytes(Access))["$7"].ShouldBe("1534");
    }

    [Fact]
    public void Last_field_takes_the_rest_of_the_message()
    {
        var message = "ERROR 12:00:02 Failed  to \"process\" request"u8;
        var pattern = FilterPattern.Parse("[level, time, rest]");

        pattern.Field("$rest").Read(message).ShouldBe("Failed  to \"process\" request");
        pattern.Field("$2").Read(message).ShouldBe("12:00:02");
        pattern.Field("$9").Read(message).ShouldBeNull();
    }

    [Fact]
    public void Brackets_and_quotes_that_are_never_closed_are_ordinary_characters() =>
        FilterPattern.Parse("[a=\"[x\", b=\"\\\"y\"]").Matches("[x \"y").ShouldBeTrue();

    [Theory]
    [InlineData("$size")]
    [InlineData("$0")]
    [InlineData("$.ip")]
    [InlineData("ip")]
    [InlineData("$")]
    public void Reference_to_a_field_that_the_pattern_has_not_is_refused(string reference) =>
        Should.Throw<FilterPatternException>(() => FilterPattern.Parse("[ip, ..., bytes]").Field(reference));
}
