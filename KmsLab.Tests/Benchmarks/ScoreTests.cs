using KmsLab.Benchmarks.Detection;
using static KmsLab.Tests.Benchmarks.TestAttacks;

namespace KmsLab.Tests.Benchmarks;

/// <summary>What runs add up to.</summary>
public sealed class ScoreTests
{
    private const string Burst = "burst-exfiltration";
    private const string Unattested = "unattested-call";

    private static readonly AlternativeOutcome Nothing = new([], []);
    private static readonly DateTimeOffset Start = Noon.AddDays(-22);

    [Fact]
    public void Precision_recall_and_time_are_those_of_the_occurrences()
    {
        var attack = Attack(Burst, finders: [Unattested, "role-hijack"]);
        var report = Report(
            new(1, [], [False(Occurrence(-3000))], Nothing, Nothing),
            new(1, [attack], [new(Occurrence(0.5), attack), new(Occurrence(4), attack)], Nothing, new([], [])),
            new(1, [attack], [False(Occurrence(60))], new([], [Burst]), Nothing));

        var unattested = report.Detections.Single(one => one.Detection == Unattested);
        (unattested.True, unattested.False, unattested.Stirred, unattested.Meant, unattested.Found).ShouldBe((2, 1, 1, 2, 1));
        unattested.Precision.ShouldBe(0.5);
        unattested.Recall.ShouldBe(0.5);
        unattested.FalseAWeek.ShouldBe(7 / 30.0, 1e-9);
        report.Detections.Single(one => one.Detection == "role-hijack").Recall.ShouldBe(0);
        var quality = report.Attacks.ShouldHaveSingleItem();
        quality.Sentinel.ShouldBe(new Findings(1, 30, 30));
        quality.Lab.ShouldBe(new Findings(0, null, null, Silent: 1));
        report.FalseAlarms.Select(alarm => alarm.Run).ShouldBe(["normal", Burst]);
        report.Missed.Select(missed => $"{missed.Attack} {missed.IsFound} {string.Join('+', missed.By)}").ShouldBe([$"{Burst} True role-hijack", $"{Burst} False {Unattested}+role-hijack"]);
    }

    [Fact]
    public void Targets_are_met_by_what_is_found_at_once_without_false_alarms()
    {
        var attack = Attack(Burst, finders: Unattested);

        Report(new(1, [], [], Nothing, Nothing), new(1, [attack], [new(Occurrence(0), attack)], Nothing, Nothing)).Targets.ShouldAllBe(target => target.IsMet);
        Report(new(1, [], [], Nothing, Nothing), new(1, [attack], [new(Occurrence(1), attack)], Nothing, Nothing)).Targets.Select(target => target.IsMet).ShouldBe([true, false, true]);
        Report(new(1, [], [], Nothing, Nothing), new(1, [attack], [], Nothing, Nothing)).Targets.Select(target => target.IsMet).ShouldBe([false, false, true]);
    }

    [Fact]
    public void False_alarms_are_judged_by_the_worse_of_all_days_and_those_after_learning()
    {
        var learned = Enumerable.Range(0, 3).Select(number => False(Occurrence(number * -60))).ToList(); // 3 in 30 days, all after the 15th: 1.3 a week.

        var target = Report(new RunOutcome(1, [], learned, Nothing, Nothing)).Targets[^1];

        target.IsMet.ShouldBeFalse();
        target.Measured.ShouldBe("0.70 a week; 1.31 from the 15th day on");
    }

    [Fact]
    public void Median_is_between_the_middle_two() =>
        Findings.Of([TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(-0.4), TimeSpan.FromSeconds(4)]).ShouldBe(new Findings(4, 2.5, 9));

    private static Judged False(AlarmOccurrence occurrence) => new(occurrence, null);

    private static QualityReport Report(params RunOutcome[] outcomes) => new Score(outcomes, Start, 30).Report();
}
