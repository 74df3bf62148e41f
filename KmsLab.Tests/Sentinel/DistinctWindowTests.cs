using CsCheck;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Tests.Sentinel;

public sealed class DistinctWindowTests
{
    private const int SlotSize = 10;
    private const int Length = DistinctWindow.Slots * SlotSize;

    /// <summary>Against the definition, after each value: mostly in order, some late, with what is old forgotten now and then.</summary>
    [Fact]
    public void Window_agrees_with_the_definition() =>
        Gen.Select(Gen.Select(Gen.Int[0, 90], Gen.Int[0, 12], Gen.Int[0, 30], Gen.Int[0, 15]).Array[1, 60], Gen.Int[1, 8]).Sample(sample =>
        {
            var (steps, threshold) = sample;
            var window = new DistinctWindow(TimeSpan.FromMilliseconds(Length));
            var (seen, now) = (new HashSet<(long Slot, int Value)>(), 0L);
            foreach (var (forward, value, late, prune) in steps)
            {
                now += forward;
                var at = late > 25 ? Math.Max(0, now - (late * 20)) : now;
                window.Add(at, RecordId.Hash($"{value}")).ShouldBe(seen.Add((at / SlotSize * SlotSize, value)));

                window.FindViolation(at, threshold).ShouldBe(ByDefinition(seen, at / SlotSize * SlotSize, threshold));
                if (prune == 0)
                {
                    window.Prune(now - Length);
                    seen.RemoveWhere(item => item.Slot < now - Length);
                }
            }
        });

    [Fact]
    public void Window_counts_a_value_of_many_slots_once()
    {
        var window = new DistinctWindow(TimeSpan.FromMilliseconds(Length));
        for (var at = 0; at < Length; at += SlotSize)
            window.Add(at, RecordId.Hash("the same"));
        window.Add(Length - 1, RecordId.Hash("another"));

        window.FindViolation(Length - 1, 2)!.Value.Observed.ShouldBe(2);
        window.FindViolation(Length - 1, 3).ShouldBeNull();
    }

    /// <summary>All spans that begin at a slot with values and hold the slot.</summary>
    private static Violation? ByDefinition(HashSet<(long Slot, int Value)> seen, long slot, int threshold)
    {
        var spans = seen.Select(item => item.Slot).Where(start => start <= slot && start > slot - Length).Distinct().Order()
            .Select(start => (Start: start, Values: seen.Where(item => item.Slot >= start && item.Slot < start + Length).Select(item => item.Value).Distinct().Count()))
            .Where(span => span.Values >= threshold).ToList();
        return spans.Count == 0 ? null : new(At(spans[0].Start), At(spans[^1].Start + Length), spans.Max(span => span.Values));
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
