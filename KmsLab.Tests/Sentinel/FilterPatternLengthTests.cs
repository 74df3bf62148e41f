using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Sources;
using KmsLab.Tests.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel;

/// <summary>The patterns by which a log group is read.</summary>
public sealed class FilterPatternLengthTests
{
    [Fact]
    public void All_services_that_the_detections_need_are_found_by_one_pattern_that_AWS_takes()
    {
        string[] sources = [.. DetectionCatalog.EventSources(new()), "guardduty.amazonaws.com", "organizations.amazonaws.com"];
        var text = LogPatterns.OfServices(sources).ShouldHaveSingleItem();
        text.Length.ShouldBeLessThanOrEqualTo(FilterPattern.MaxLength);

        var pattern = FilterPattern.Parse(text);
        foreach (var source in sources)
            pattern.Matches(DetectionBench.Call(source.Split('.')[0], "X", null).Utf8()).ShouldBeTrue(source);
        foreach (var noisy in (string[])["dynamodb", "sqs", "elasticloadbalancing", "config", "xray"])
            pattern.Matches(DetectionBench.Call(noisy, "X", null).Utf8()).ShouldBeFalse(noisy);
    }

    [Fact]
    public void Few_services_are_named_whole()
    {
        LogPatterns.OfServices(["kms.amazonaws.com", "iam.amazonaws.com"]).ShouldBe(["{ ($.eventSource = \"kms.amazonaws.com\") || ($.eventSource = \"iam.amazonaws.com\") }"]);
    }

    [Theory]
    [InlineData(25, 1)]
    [InlineData(40, 2)]
    [InlineData(110, 4)]
    [InlineData(400, 1)]
    public void Services_are_spread_over_patterns_and_where_these_are_many_all_is_read(int services, int expected)
    {
        string[] sources = [.. Enumerable.Range(0, services).Select(number => $"{(char)('a' + (number % 26))}{(char)('A' + (number / 26))}service0.amazonaws.com")];
        var texts = LogPatterns.OfServices(sources);

        texts.Count.ShouldBe(expected);
        texts.ShouldAllBe(text => text.Length <= FilterPattern.MaxLength);
        foreach (var source in sources)
            texts.Any(text => FilterPattern.Parse(text).Matches(DetectionBench.Call(source.Split('.')[0], "X", null).Utf8())).ShouldBeTrue(source);
    }
}
