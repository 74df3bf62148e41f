using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Sources;
using KmsLab.Tests.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel;

/// <summary>The pattern by which a log group is read.</summary>
public sealed class FilterPatternLengthTests
{
    [Fact]
    public void All_services_that_the_detections_need_fit_one_pattern_with_room_for_rules()
    {
        string[] sources = [.. DetectionCatalog.EventSources(new()), "guardduty.amazonaws.com", "organizations.amazonaws.com"];
        var text = LogPatterns.OfServices(sources);
        text.Length.ShouldBeLessThanOrEqualTo(FilterPattern.MaxLength);

        var pattern = FilterPattern.Parse(text);
        foreach (var source in sources)
            pattern.Matches(DetectionBench.Call(source.Split('.')[0], "X", null).Utf8()).ShouldBeTrue(source);
        pattern.Matches(DetectionBench.Call("rds", "X", null).Utf8()).ShouldBeFalse();
    }

    [Fact]
    public void Few_services_are_named_whole()
    {
        LogPatterns.OfServices(["kms.amazonaws.com", "iam.amazonaws.com"]).ShouldBe("{ ($.eventSource = \"kms.amazonaws.com\") || ($.eventSource = \"iam.amazonaws.com\") }");
    }
}
