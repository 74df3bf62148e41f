using CsCheck;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Tests.Sentinel;

public sealed class SlidingWindowTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(59_999, true)]
    [InlineData(60_000, false)]
    [InlineData(60_001, false)]
    public void Window_holds_two_records_that_are_less_than_its_length_apart(long apart, bool violated)
    {
        var window = new SlidingWindow();
        window.Add(1_000);
        window.Add(1_000 + apart);

        window.FindViolation(1_000 + apart, Minute, 2).HasValue.ShouldBe(violated);
        window.FindViolation(1_000, Minute, 2).HasValue.ShouldBe(violated);
    }

    [Fact]
    public void Window_counts_records_of_the_same_instant()
    {
        var window = new SlidingWindow();
        window.Add(5_000);
        window.FindViolation(5_000, Minute, 2).ShouldBeNull();
        window.Add(5_000);

        window.FindViolation(5_000, Minute, 2).ShouldBe(new Violation(At(5_000), At(65_000), 2));
    }

    [Fact]
    public void Violation_spans_from_the_first_record_to_where_the_last_span_ends()
    {
        var window = new SlidingWindow();
        foreach (var at in new long[] { 0, 30_000, 50_000, 80_000 })
            window.Add(at);

        window.FindViolation(50_000, Minute, 3).ShouldBe(new Violation(At(0), At(90_000), 3));
    }

    [Fact]
    public void Window_finds_a_violation_that_a_late_record_completes()
    {
        var window = new SlidingWindow();
        window.Add(100_000);
        window.Add(10_000);
        window.FindViolation(10_000, Minute, 2).ShouldBeNull();
        window.Add(50_000);

        window.FindViolation(50_000, Minute, 2).ShouldBe(new Violation(At(10_000), At(110_000), 2));
    }

    [Fact]
    public void Window_forgets_what_is_older_than_the_floor()
    {
        var window = new SlidingWindow();
        window.Add(1);
        window.Add(2);
        window.Add(3);

        window.Prune(3);

        window.Between(At(0), At(10)).ShouldBe((1, At(3)));
        window.Prune(4);
        window.IsEmpty.ShouldBeTrue();
    }

    /// <summary>Against the definition, after each record: mostly in order, some late, with what is old forgotten now and then.</summary>
    [Fact]
    public void Window_agrees_with_the_definition() =>
        Gen.Select(Gen.Select(Gen.Int[0, 6], Gen.Int[0, 25], Gen.Int[0, 12]).Array[1, 40], Gen.Int[1, 20], Gen.Int[1, 5]).Sample(sample =>
        {
            var (steps, length, threshold) = sample;
            var window = new SlidingWindow();
            var (times, now) = (new List<long>(), 0L);
            foreach (var (forward, late, prune) in steps)
            {
                now += forward;
                var at = late > 20 ? Math.Max(0, now - late) : now;
                window.Add(at);
                times.Add(at);

                window.FindViolation(at, TimeSpan.FromMilliseconds(length), threshold).ShouldBe(ByDefinition(times, at, length, threshold));
                window.Between(At(at - 5), At(at + 3)).Records.ShouldBe(times.Count(time => time >= at - 5 && time < at + 3));
                if (prune == 0)
                {
                    window.Prune(now - 30);
                    times.RemoveAll(time => time < now - 30);
                }
            }
        });

    /// <summary>All spans that begin at a record and hold the instant.</summary>
    private static Violation? ByDefinition(List<long> times, long at, int length, int threshold)
    {
        var spans = times.Where(start => start <= at && start > at - length).Distinct().Order()
            .Select(start => (Start: start, Records: times.Count(time => time >= start && time < start + length))).Where(span => span.Records >= threshold).ToList();
        return spans.Count == 0 ? null : new(At(spans[0].Start), At(spans[^1].Start + length), spans.Max(span => span.Records));
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
