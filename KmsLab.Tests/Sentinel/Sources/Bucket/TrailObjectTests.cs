using KmsLab.Sentinel.Sources.Bucket;

namespace KmsLab.Tests.Sentinel.Sources.Bucket;

/// <summary>What keys in a trail's bucket say.</summary>
public sealed class TrailObjectTests
{
    [Theory]
    [InlineData("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/30/111122223333_CloudTrail_eu-west-1_20261130T1205Z_aB1.json.gz", "2026-11-30T12:05:00Z")]
    [InlineData("pre/fix/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/30/111122223333_CloudTrail_eu-west-1_20261130T1205Z_a_B.json.gz", "2026-11-30T12:05:00Z")]
    [InlineData("AWSLogs/o-exampleorgid/111122223333/CloudTrail/eu-west-1/2026/11/30/111122223333_CloudTrail_eu-west-1_20261130T1205Z_aB1.json.gz", "2026-11-30T12:05:00Z")]
    [InlineData("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/30/renamed.json.gz", null)]
    public void File_of_records_says_account_Region_and_time(string key, string? at)
    {
        var item = TrailObject.Of("trail", key);

        item.Kind.ShouldBe(TrailObjectKind.Records);
        item.Account.ShouldBe("111122223333");
        item.Region.ShouldBe("eu-west-1");
        item.DeliveredAt.ShouldBe(at is null ? null : DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        item.Place.ShouldBe($"s3://trail/{key}");
    }

    [Theory]
    [InlineData("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/30/111122223333_CloudTrail-Digest_eu-west-1_my_trail_eu-west-1_20261130T120500Z.json.gz", "Digest")]
    [InlineData("AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/11/30/111122223333_CloudTrail-Insight_eu-west-1_20261130T1205Z_x.json.gz", "Other")]
    [InlineData("AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/11/30/x.log.gz", "Foreign")]
    [InlineData("AWSLogs/111122223333/CloudTrail/", "Foreign")]
    [InlineData("AWSLogs/1111/CloudTrail/eu-west-1/2026/11/30/x.json.gz", "Foreign")]
    [InlineData("notes.txt", "Foreign")]
    public void What_is_no_file_of_records_is_told_apart(string key, string kind)
    {
        var item = TrailObject.Of("trail", key);

        item.Kind.ToString().ShouldBe(kind);
        if (kind == "Digest")
            item.DeliveredAt.ShouldBe(new(2026, 11, 30, 12, 5, 0, TimeSpan.Zero));
    }
}
