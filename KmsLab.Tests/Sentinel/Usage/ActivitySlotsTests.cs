using CsCheck;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Tests.Sentinel.Usage;

public sealed class ActivitySlotsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(15, 1, 15)]
    [InlineData(60, 1, 60)]
    [InlineData(120, 1, 120)]
    [InlineData(121, 5, 25)]
    [InlineData(6 * 60, 5, 72)]
    [InlineData(24 * 60, 15, 96)]
    [InlineData(7 * 24 * 60, 120, 84)]
    [InlineData(30 * 24 * 60, 360, 120)]
    public void Slots_grow_with_the_range(int minutes, int slotMinutes, int count)
    {
        var slots = ActivitySlots.Of(TestRecords.Noon.AddMinutes(-minutes), TestRecords.Noon, Minute);

        (slots.Length, slots.Count).ShouldBe((slotMinutes * 60_000L, count));
        slots.To.ShouldBe(TestRecords.Noon.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Slots_are_no_finer_than_the_buckets_of_that_time()
    {
        var rates = new KmsLab.Sentinel.Rates.RateOptions();
        var now = TestRecords.Noon;

        ActivitySlots.UnitOf(now - rates.FineFor, now, Minute, rates).ShouldBe(Minute);
        ActivitySlots.UnitOf(now - rates.FineFor - TimeSpan.FromTicks(1), now, Minute, rates).ShouldBe(rates.CoarseBucketSize);
        ActivitySlots.Of(now.AddMinutes(-15), now, rates.CoarseBucketSize).ShouldBe(new ActivitySlots(now.AddHours(-1).ToUnixTimeMilliseconds(), 3_600_000, 1));
    }

    [Fact]
    public void Slots_hold_the_range_whole_whatever_it_is() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 4_000_000], Gen.Int[1, 3600]).Sample((start, seconds, unit) =>
        {
            var from = TestRecords.Noon.AddSeconds(start);
            var slots = ActivitySlots.Of(from, from.AddSeconds(seconds), TimeSpan.FromSeconds(unit));
            return slots.From <= from.ToUnixTimeMilliseconds() && slots.To >= from.AddSeconds(seconds).ToUnixTimeMilliseconds()
                && slots.Length % (long)(unit * 1000) == 0 && slots.Count is >= 1 and <= ActivitySlots.Most + 1;
        });
}
