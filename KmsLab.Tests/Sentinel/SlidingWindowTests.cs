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

    /// <summary>Against the definition: some span of the length, starting anywhere, holds the record and enough others.</summary>
    [Fact]
    public void Window_agrees_with_the_definition() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 12], Gen.Int[1, 20], Gen.Int[1, 5]).Sample(sample =>
        {
            var (times, length, threshold) = sample;
            var window = new SlidingWindow();
            foreach (var time in times)
                window.Add(time);

            var at = times[^1];
            var counts = Enumerable.Range(at - length + 1, length).Select(start => times.Count(time => time >= start && time < start + length)).ToList();
            var violation = window.FindViolation(at, TimeSpan.FromMilliseconds(length), threshold);
            return violation is { } found ? found.Observed == counts.Max() && counts.Max() >= threshold : counts.Max() < threshold;
        });

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
