using KmsLab.Simulator.Verdicts;

namespace KmsLab.Tests.Simulator;

public sealed class VerdictTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Expected_alarm_is_found_with_its_delay_and_another_stands_besides()
    {
        var expected = Alarm("unattested-call", Begin, Begin.AddSeconds(2.04));

        var verdict = Of(["unattested-call"], [expected, Alarm("kms-error-burst", Begin, Begin.AddSeconds(3))]);

        verdict.IsGood.ShouldBeTrue();
        verdict.Findings.Single().ShouldBe(new Finding("unattested-call", true, "id", 2.04, "why"));
        verdict.Besides.Single().Detection.ShouldBe("kms-error-burst");
        verdict.Summary.ShouldBe("found after 2.0 s by unattested-call");
    }

    [Fact]
    public void Alarm_of_records_before_the_attack_finds_nothing()
    {
        var verdict = Of(["unattested-call"], [Alarm("unattested-call", Begin.AddMinutes(-5), Begin.AddMinutes(-5))]);

        verdict.IsGood.ShouldBeFalse();
        verdict.Findings.Single().ShouldBe(new Finding("unattested-call", false, null, null, null));
        verdict.Summary.ShouldBe("missed: unattested-call");
    }

    [Fact]
    public void Nothing_is_missed_as_long_as_it_is_waited_for()
    {
        var verdict = Verdict.Of(Begin, ["a", "b"], [], [Alarm("b", Begin, Begin.AddSeconds(1))], isOver: false);

        (verdict.IsGood, verdict.HasAll()).ShouldBe((false, false));
        verdict.Summary.ShouldBe("found after 1.0 s by b; not found yet: a");
    }

    [Fact]
    public void Alarm_that_fired_already_and_goes_on_is_found_without_a_delay()
    {
        var verdict = Of(["unattested-call"], [Alarm("unattested-call", Begin.AddSeconds(5), Begin.AddMinutes(-5))]);

        verdict.Findings.Single().ShouldBe(new Finding("unattested-call", true, "id", null, "why"));
        verdict.Summary.ShouldBe("found by unattested-call, which fired already");
    }

    [Theory]
    [InlineData(-1.001, null)] // Fired before the second that the first call's record carries.
    [InlineData(-1, 0.0)]
    [InlineData(0, 0.0)]
    [InlineData(0.25, 0.25)]
    public void Delay_counts_from_the_first_call_and_is_never_negative(double changed, double? after) =>
        Of(["a"], [Alarm("a", Begin, Begin.AddSeconds(changed))]).Findings.Single().AfterSeconds.ShouldBe(after);

    [Fact]
    public void Alarm_of_the_normal_traffic_spoils_it()
    {
        var alarm = Alarm("unattested-call", Begin, Begin.AddSeconds(2));

        var verdict = Verdict.Of(Begin, ["unattested-call"], [alarm], [alarm], isOver: true);

        verdict.IsGood.ShouldBeFalse();
        verdict.Summary.ShouldBe("found after 2.0 s by unattested-call; raised before the attack, so falsely: unattested-call");
    }

    [Fact]
    public void Normal_traffic_that_ended_by_itself_spoils_it()
    {
        var verdict = Verdict.Of(Begin, ["a"], [], [Alarm("a", Begin, Begin)], isOver: true, "normal could not be set up");

        (verdict.IsGood, verdict.HasAll()).ShouldBe((false, true));
        verdict.Summary.ShouldBe("found after 0.0 s by a; the normal traffic around it ended by itself: normal could not be set up");
    }

    [Fact]
    public void Attack_that_only_history_shows_is_no_miss()
    {
        var verdict = Of([], [Alarm("kms-error-burst", Begin, Begin)]);

        verdict.IsGood.ShouldBeTrue();
        verdict.Summary.ShouldBe("nothing is expected to find this in a lab without history");
    }

    [Fact]
    public void Alarm_of_an_earlier_run_is_no_false_one_of_this()
    {
        var earlier = Alarm("unattested-call", Begin.AddMinutes(-5), Begin.AddMinutes(-5));
        var sameSecond = Alarm("kms-error-burst", Begin, Begin.AddSeconds(1));
        var begin = Begin.AddMilliseconds(900);

        earlier.IsFiring(begin).ShouldBeFalse();
        sameSecond.IsFiring(begin).ShouldBeTrue();
        (sameSecond with { State = "OK" }).IsFiring(begin).ShouldBeFalse();
    }

    private static Verdict Of(IReadOnlyList<string> expected, IReadOnlyList<SeenAlarm> alarms) =>
        Verdict.Of(Begin, expected, [], alarms, isOver: true);

    private static SeenAlarm Alarm(string detection, DateTimeOffset lastSeen, DateTimeOffset changedAt) =>
        new("id", detection, "high", "ALARM", lastSeen, lastSeen, changedAt, "why");
}
