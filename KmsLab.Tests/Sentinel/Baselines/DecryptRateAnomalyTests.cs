using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>What a baseline makes of one group's hours: what is news, what is not, what it forgets.</summary>
public sealed class DecryptRateAnomalyTests
{
    private const int Week = 168;
    private const int Tuesday10 = 34;

    [Fact]
    public void Nothing_fires_before_two_weeks_are_known()
    {
        var run = new BaselineRun();

        run.Take(Enumerable.Range(0, 2 * Week).Select(hour => hour == (2 * Week) - 1 ? 5000L : 100)).ShouldBe(0);

        run.Take(5000).ShouldBeFalse("the last hours are learned only after the delay");
        run.Take(Enumerable.Repeat(100L, 5));
        run.Take(5000).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Count_fires_from_one_more_than_the_band_holds(int more, bool fires)
    {
        var run = Learned(Habit.Office);
        run.Take(new Traffic(Habit.Office, 1).Hours(9).Skip(8 * Week).Take(Tuesday10));

        run.Take((long)Math.Floor(run.Next!.High) + more).ShouldBe(fires);
    }

    [Theory]
    [InlineData(49, false)]
    [InlineData(50, true)]
    public void Count_below_the_threshold_never_fires(int records, bool fires)
    {
        var run = new BaselineRun();
        run.Take(Enumerable.Range(0, 4 * Week).Select(hour => hour % 24 == 9 ? 1L : 0));

        run.Next!.High.ShouldBeLessThan(10);
        run.Take(records).ShouldBe(fires);
    }

    [Fact]
    public void Nightly_batch_is_normal_at_night_and_news_by_day()
    {
        var run = Learned(Habit.NightlyBatch);

        run.Take([0, 0]).ShouldBe(0);
        run.Take(2100).ShouldBeFalse();
        run.Take([900, .. new long[10]]);
        run.Take(500).ShouldBeTrue();
    }

    [Fact]
    public void Office_hours_at_the_weekend_are_news()
    {
        var run = Learned(Habit.Office);
        run.Take(new Traffic(Habit.Office, 1).Hours(9).Skip(8 * Week).Take((6 * 24) + 10));

        run.Take(200).ShouldBeTrue();
        run.Fired[^1].DayOfWeek.ShouldBe(DayOfWeek.Sunday);
    }

    [Fact]
    public void Growth_is_no_news()
    {
        var run = new BaselineRun();

        run.Take(new Traffic(Habit.Service, 3) { WeeklyGrowth = 0.10 }.Hours(12)).ShouldBe(0);
    }

    [Fact]
    public void Attack_of_a_day_does_not_hide_the_same_attack_a_week_later()
    {
        var hours = new Traffic(Habit.Office, 5).Hours(10);
        var (first, again) = ((8 * Week) + 24, (9 * Week) + 24);
        var run = new BaselineRun();
        for (var hour = 0; hour < again + 24; hour++)
            run.Take(hour is var h && (h >= first && h < first + 24 || h >= again) ? hours[hour] * 10 : hours[hour]);

        var byDay = run.Fired.GroupBy(at => at.Date).ToDictionary(day => day.Key, day => day.Count());
        byDay.Count.ShouldBe(2);
        byDay.Values.ShouldAllBe(count => count >= 8, "most of the busy hours of either day");
    }

    [Fact]
    public void Change_that_lasts_is_news_and_then_normal_within_ten_days()
    {
        var hours = new Traffic(Habit.Service, 11).Hours(12);
        var change = 8 * Week;
        var run = new BaselineRun();
        run.Take(hours.Select((count, hour) => hour >= change ? count * 5 : count));

        var since = run.Fired.Where(at => at >= BaselineRun.Monday.AddHours(change)).ToList();
        since.Count.ShouldBeGreaterThan(5);
        since.Max().ShouldBeLessThan(BaselineRun.Monday.AddHours(change).AddDays(10));
    }

    [Fact]
    public void What_was_given_up_is_forgotten_and_is_news_when_it_comes_back()
    {
        var run = Learned(Habit.NightlyBatch);

        run.Take(new long[12 * Week]).ShouldBe(0);
        run.Take([0, 0]);
        run.Take(2000).ShouldBeTrue();
    }

    [Fact]
    public void Silence_is_never_news()
    {
        var run = Learned(Habit.Service);

        run.Take(new long[Week]).ShouldBe(0);
    }

    [Fact]
    public void Alarm_says_what_the_band_rests_on()
    {
        var run = Learned(Habit.Office);
        run.Take(new long[Tuesday10]);

        run.Next!.Basis.ShouldBe("57 days of this group, for Tuesdays at 10:00 UTC");
        run.Next.Low.ShouldBeLessThan(run.Next.High);
        run.Next.Low.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Time_that_nobody_watched_is_not_learned_as_silence()
    {
        var (watched, blind) = (Baselines(out var detection), Baselines(out _));
        var group = new DetectionGroup([new("set", "vault"), new("principal", "p")]);
        foreach (var baselines in (DetectionBaselines[])[watched, blind])
        {
            for (var hour = 0; hour < 3 * Week; hour++)
            {
                for (var record = 0; record < 100; record++)
                    baselines.Count(group, BaselineRun.Monday.AddHours(hour).ToUnixTimeMilliseconds(), () => 1);
                baselines.LearnTo(BaselineRun.Monday.AddHours(hour));
            }
        }

        var later = BaselineRun.Monday.AddHours(5 * Week);
        blind.LearnTo(later);
        for (var hour = 3 * Week; hour <= 5 * Week; hour++)
            watched.LearnTo(BaselineRun.Monday.AddHours(hour));

        blind.Expect(group, later.ToUnixTimeMilliseconds())!.Low.ShouldBeGreaterThan(20);
        watched.Expect(group, later.ToUnixTimeMilliseconds())!.Low.ShouldBeLessThan(20);
        detection.Settings.Window.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Week_goes_by_the_clocks_of_its_time_zone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test", "test summer",
            [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday))]);
        var season = new Season(TimeSpan.FromHours(1), zone);

        season.SlotOf(new DateTimeOffset(2026, 7, 6, 7, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()).ShouldBe(9);
        season.SlotOf(new DateTimeOffset(2026, 12, 7, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()).ShouldBe(9);
        season.SlotOf(new DateTimeOffset(2026, 12, 6, 22, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()).ShouldBe(167);
    }

    [Fact]
    public void Groups_beyond_the_limit_stay_unlearned_and_a_long_silent_one_makes_room()
    {
        var baselines = Baselines(out _, new() { MaxGroups = 1 });
        var (first, second) = (new DetectionGroup([new("set", "v"), new("principal", "a")]), new DetectionGroup([new("set", "v"), new("principal", "b")]));
        Count(first, 0);
        Count(second, 0);
        baselines.Changed.Select(group => group.Group.Key).ShouldBe([first.Key]);

        for (var day = 0; day < 182; day++)
            baselines.LearnTo(BaselineRun.Monday.AddDays(day));
        baselines.Forgotten.Count.ShouldBe(1);
        Count(second, 182);
        baselines.Changed.Select(group => group.Group.Key).ShouldBe([second.Key]);

        void Count(DetectionGroup group, int day) => baselines.Count(group, BaselineRun.Monday.AddDays(day).ToUnixTimeMilliseconds(), () => 1);
    }

    [Fact]
    public void Wrong_options_are_all_reported_with_what_to_do()
    {
        var options = new SentinelOptions
        {
            LogGroups = ["g"],
            Baselines = new()
            {
                MinimumHistory = TimeSpan.FromDays(1),
                Deviations = double.NaN,
                HalfLife = TimeSpan.FromDays(2),
                LevelHalfLife = TimeSpan.Zero,
                Delay = TimeSpan.FromDays(9),
                TimeZone = "Mars/Olympus",
                LearningPeriod = TimeSpan.FromDays(-1),
                MaxGroups = 0,
                MaxRecords = 0,
                ForgetAfter = TimeSpan.Zero,
            },
        };
        options.Detections["decrypt-rate-anomaly"] = new() { Window = TimeSpan.FromMinutes(50) };
        options.Detections["decrypt-spread-slow"] = new() { Window = TimeSpan.FromHours(36) };

        var errors = new SentinelOptionsValidator().Validate(null, options).Failures.ShouldNotBeNull().ToList();

        foreach (var part in (string[])["MinimumHistory", "Deviations", ":HalfLife", "LevelHalfLife", "Delay", "'Mars/Olympus'", "LearningPeriod", "MaxGroups", "MaxRecords", "ForgetAfter",
                     "decrypt-rate-anomaly:Window must divide a day", "decrypt-spread-slow:Window must divide a day"])
        {
            errors.ShouldContain(error => error.StartsWith("Sentinel:", StringComparison.Ordinal) && error.Contains(part), part);
        }
    }

    private static BaselineRun Learned(Habit habit)
    {
        var run = new BaselineRun();
        run.Take(new Traffic(habit, 1).Hours(8));
        return run;
    }

    private static DetectionBaselines Baselines(out ConfiguredDetection detection, BaselineOptions? options = null)
    {
        detection = new(DecryptRateAnomaly.Definition, DecryptRateAnomaly.Definition.Defaults);
        return new(detection, options ?? new(), TimeSpan.FromHours(50));
    }
}
