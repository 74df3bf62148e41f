using CsCheck;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Tests.ServiceDefaults.Settings;

public sealed class DurationTests
{
    [Theory]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("2d", "2.00:00:00")]
    [InlineData("2d3h4m5s6ms", "2.03:04:05.0060000")]
    [InlineData("90s", "00:01:30")]
    [InlineData("250ms", "00:00:00.2500000")]
    [InlineData("00:05:00", "00:05:00")]
    [InlineData("1.02:03:04", "1.02:03:04")]
    [InlineData("-00:00:01", "-00:00:01")]
    [InlineData(" 5m ", "00:05:00")]
    [InlineData("0", "00:00:00")]
    public void Text_is_a_span_of_time(string text, string expected) => Duration.Parse(text)!.Value.ToString().ShouldBe(expected);

    /// <summary>.NET takes a bare number for days.</summary>
    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("5 minutes")]
    [InlineData("5M")]
    [InlineData("m")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("5m5m")]
    [InlineData("-5m")]
    [InlineData("99999999999999999999d")]
    [InlineData("10000000000d")]
    [InlineData("5:00:")]
    public void Text_is_no_span_of_time(string text) => Duration.Parse(text).ShouldBeNull();

    [Fact]
    public void Span_is_read_as_it_was_written() =>
        Gen.Long[-1_000, 400L * 86_400_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)).Sample(span => Duration.Parse(Duration.Format(span)) == span);
}
