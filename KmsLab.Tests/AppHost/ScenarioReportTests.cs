using KmsLab.AppHost;
using KmsLab.AppHost.Scenarios;
using KmsLab.Simulator;

namespace KmsLab.Tests.AppHost;

public sealed class ScenarioReportTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static readonly GroundTruth Truth = new(
        "burst-exfiltration", 1, Begin.AddMinutes(-1), Begin.AddMinutes(1), [new("burst-exfiltration", "arn:role", null, Begin, Begin.AddMinutes(1), Begin, ["unattested-call"])], 10);

    [Fact]
    public void Expected_alarm_is_found_with_its_delay_and_another_stands_besides()
    {
        var report = ScenarioReport.Of(Truth, ["unattested-call"], [], [Alarm("unattested-call", Begin, Begin.AddSeconds(2)), Alarm("kms-error-burst", Begin, Begin.AddSeconds(3))]);

        report.IsGood.ShouldBeTrue();
        report.Findings.Single().After.ShouldBe(TimeSpan.FromSeconds(2));
        report.Besides.Single().Detection.ShouldBe("kms-error-burst");
    }

    [Fact]
    public void Alarm_of_records_before_the_attack_finds_nothing()
    {
        var report = ScenarioReport.Of(Truth, ["unattested-call"], [], [Alarm("unattested-call", Begin.AddMinutes(-5), Begin.AddMinutes(-5))]);

        report.IsGood.ShouldBeFalse();
        report.Findings.Single().Alarm.ShouldBeNull();
    }

    [Fact]
    public void Alarm_that_fired_already_and_goes_on_is_found_without_a_delay()
    {
        var report = ScenarioReport.Of(Truth, ["unattested-call"], [], [Alarm("unattested-call", Begin.AddSeconds(5), Begin.AddMinutes(-5))]);

        report.Findings.Single().Alarm.ShouldNotBeNull();
        report.Findings.Single().After.ShouldBeNull();
    }

    [Fact]
    public void Alarm_of_the_normal_traffic_spoils_it()
    {
        var alarm = Alarm("unattested-call", Begin, Begin.AddSeconds(2));

        ScenarioReport.Of(Truth, ["unattested-call"], [alarm], [alarm]).IsGood.ShouldBeFalse();
    }

    [Fact]
    public void Alarm_of_an_earlier_run_is_no_false_one_of_this()
    {
        var earlier = Alarm("unattested-call", Begin.AddMinutes(-5), Begin.AddMinutes(-5));
        var sameSecond = Alarm("kms-error-burst", Begin, Begin.AddSeconds(1));

        ScenarioReport.FiringSince(Begin.AddMilliseconds(900), [earlier, sameSecond, sameSecond with { State = "OK" }]).ShouldBe([sameSecond]);
    }

    [Fact]
    public void Normal_traffic_that_ended_by_itself_spoils_it()
    {
        var report = ScenarioReport.Of(Truth, ["unattested-call"], [], [Alarm("unattested-call", Begin, Begin.AddSeconds(2))]);

        report.IsGood.ShouldBeTrue();
        (report with { NormalProblem = "normal could not be set up" }).IsGood.ShouldBeFalse();
    }

    [Fact]
    public void Unknown_scenario_and_a_seed_that_is_no_number_say_what_to_write()
    {
        Should.Throw<LabException>(() => LabScenario.Of(LabArguments.Parse(["--scenario", "burst"]))).Message.ShouldContain("Choose among normal, burst-exfiltration");
        Should.Throw<LabException>(() => LabScenario.Of(LabArguments.Parse(["--scenario", "ransom", "--seed", "x"]))).Message.ShouldBe("--seed 'x' is no number. Write it as --seed 7.");
        LabScenario.Of(LabArguments.Parse([])).ShouldBeNull();
    }

    private static SeenAlarm Alarm(string detection, DateTimeOffset lastSeen, DateTimeOffset changedAt) => new("id", detection, "high", "ALARM", lastSeen, lastSeen, changedAt, "why");
}
