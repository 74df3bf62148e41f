using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.TrailHealth.Flood;

namespace KmsLab.Tests.Sentinel.TrailHealth;

/// <summary>What is a flood, and what is a busy day.</summary>
public sealed class FloodRuleTests
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly FloodOptions Limits = new();

    [Fact]
    public void Minute_beyond_the_floor_is_a_flood_where_nothing_is_known()
    {
        Find([(0, 20_001)]).ShouldNotBeNull().Volume.Records.ShouldBe(20_001);
        Find([(0, 20_000)]).ShouldBeNull();
    }

    [Fact]
    public void Small_lab_may_burst() => Find([.. Enumerable.Range(30, 600).Select(ago => (ago, 2L)), (1, 15_000)]).ShouldBeNull();

    [Fact]
    public void Ten_times_what_is_usual_is_no_flood_and_more_is()
    {
        var usual = Enumerable.Range(20, 1400).Select(ago => (ago, 6_000L)).ToList();
        Find([.. usual, (1, 60_000)]).ShouldBeNull();
        Find([.. usual, (1, 60_001)]).ShouldNotBeNull().Limit.Records.ShouldBe(60_000);
    }

    [Fact]
    public void Busy_day_is_quiet()
    {
        // Between 5,000 and 60,000 records a minute, the most of them now.
        Find([.. Enumerable.Range(0, 1440).Select(ago => (ago, 32_500 + (long)(27_500 * Math.Cos(ago * Math.Tau / 1440))))]).ShouldBeNull();
    }

    [Fact]
    public void Nightly_batch_is_usual_when_it_comes_again() =>
        Find([.. Enumerable.Range(0, 1470).Select(ago => (ago, ago % 1440 < 30 ? 100_000L : 300L))]).ShouldBeNull();

    [Fact]
    public void Flood_does_not_make_itself_usual() =>
        Find([.. Enumerable.Range(0, 1440).Select(ago => (ago, ago is < 25 ? 230_000L : 300L))]).ShouldNotBeNull().Limit.Records.ShouldBe(20_000);

    [Fact]
    public void Earlier_flood_is_over() => Find([.. Enumerable.Range(0, 600).Select(ago => (ago, ago is 60 ? 500_000L : 300L))]).ShouldBeNull();

    [Fact]
    public void Stamps_of_the_future_count_too() => Find([(-60, 30_000)]).ShouldNotBeNull();

    [Fact]
    public void Few_large_records_are_a_flood_by_their_bytes()
    {
        var found = FloodRule.Find([(Noon, new(1_000, 60_000_001))], Noon, Limits);
        found.ShouldNotBeNull();
        FloodRule.Find([(Noon, new(1_000, 60_000_000))], Noon, Limits).ShouldBeNull();
    }

    private static FloodedMinute? Find(IEnumerable<(int MinutesAgo, long Records)> minutes) => FloodRule.Find(
        [.. minutes.OrderByDescending(minute => minute.MinutesAgo).Select(minute => (Noon.AddMinutes(-minute.MinutesAgo), new Volume(minute.Records, minute.Records * 1300)))],
        Noon,
        new() { Bytes = long.MaxValue / 16 });
}
