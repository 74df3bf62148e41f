using KmsLab.LocalAws.Metrics;

namespace KmsLab.Tests.LocalAws;

/// <summary>The tables of AWS's page on missing data, row by row, and the rules around them.</summary>
public sealed class MetricsAlarmDecisionTests
{
    private const string Retain = "(retain)";

    [Theory]
    [InlineData("0-X-X", "OK", "OK", "OK", "OK")]
    [InlineData("0----", "OK", "OK", "OK", "OK")]
    [InlineData("-----", "INSUFFICIENT_DATA", Retain, "ALARM", "OK")]
    [InlineData("0XX-X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("--X--", "ALARM", Retain, "ALARM", "OK")]
    public void Three_of_three_follows_the_documented_table(string range, string missing, string ignore, string breaching, string notBreaching) =>
        Decisions(range, 3, 3).ShouldBe([missing, ignore, breaching, notBreaching]);

    [Theory]
    [InlineData("0-X-X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("00X0X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("0-X--", "OK", "OK", "ALARM", "OK")]
    [InlineData("----0", "OK", "OK", "ALARM", "OK")]
    [InlineData("---X-", "ALARM", Retain, "ALARM", "OK")]
    public void Two_of_three_follows_the_documented_table(string range, string missing, string ignore, string breaching, string notBreaching) =>
        Decisions(range, 3, 2).ShouldBe([missing, ignore, breaching, notBreaching]);

    [Fact]
    public void Alarm_is_not_premature_while_older_data_may_be_on_the_way() =>
        Decisions("----X", 3, 3).ShouldBe([Retain, Retain, "ALARM", "OK"]);

    [Theory]
    [InlineData("XXX00", 3, 2, "OK")]
    [InlineData("000XX", 3, 2, "ALARM")]
    [InlineData("X0", 1, 1, "OK")]
    [InlineData("0X", 1, 1, "ALARM")]
    public void Only_the_newest_periods_count_when_there_are_enough(string range, int n, int m, string expected) =>
        Decisions(range, n, m).ShouldAllBe(state => state == expected);

    private static string[] Decisions(string range, int n, int m) =>
        [.. new[] { "missing", "ignore", "breaching", "notBreaching" }.Select(treatment =>
            AlarmDecision.Decide([.. range.Select(c => c == '-' ? (bool?)null : c == 'X')], n, m, treatment) ?? Retain)];
}
