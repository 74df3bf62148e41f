using KmsLab.Benchmarks.Detection;
using static KmsLab.Tests.Benchmarks.TestAttacks;

namespace KmsLab.Tests.Benchmarks;

/// <summary>What a user would otherwise have.</summary>
public sealed class AlternativesTests
{
    [Fact]
    public void Labs_alarm_fires_at_the_second_error_in_ten_seconds_and_is_silent_from_then_on()
    {
        var (fired, silent) = LabAlarm.Of(Seconds(0, 12, 13, 3600, 3601));

        fired.ShouldBe(Seconds(13));
        silent.ShouldBe(Seconds(3601));
    }

    [Fact]
    public void A_single_error_ends_the_labs_alarm() => LabAlarm.Of(Seconds(0, 1, 100, 200, 201)).Fired.ShouldBe(Seconds(1, 201));

    [Fact]
    public void Two_errors_in_two_periods_are_nothing_to_the_labs_alarm() => LabAlarm.Of(Seconds(9, 10)).Fired.ShouldBeEmpty();

    [Fact]
    public void Fixed_threshold_is_half_above_the_most_of_two_weeks() =>
        FixedThreshold.ThresholdOf([.. Seconds(1, 2, 3, 400), .. Enumerable.Range(0, 99).Select(second => Noon.AddDays(14).AddSeconds(second))], Noon).ShouldBe(4);

    [Fact]
    public void Fixed_threshold_fires_at_the_record_that_is_one_too_many_and_once_for_periods_in_a_row() =>
        FixedThreshold.Of(Seconds(1, 2, 3, 301, 302, 303, 901, 902, 903, 1300, 1301), 2).ShouldBe(Seconds(3, 903));

    private static DateTimeOffset[] Seconds(params int[] seconds) => [.. seconds.Select(second => Noon.AddSeconds(second))];
}
