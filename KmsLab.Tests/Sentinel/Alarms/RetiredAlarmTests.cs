using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Alarms of a rule that is removed or renamed, or of a detection that is switched off.</summary>
public sealed class RetiredAlarmTests(PostgresCluster cluster)
{
    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Alarm_of_a_rule_that_is_gone_ends_and_whoever_was_told_hears_it_once(DatabaseProvider provider)
    {
        await using var bed = await FiringAsync(provider);
        bed.Options.Rules.Clear();
        bed.Options.Rules["renamed"] = Rule();

        var sentinel = bed.Start();
        await sentinel.TickAsync();
        await sentinel.SendAsync();
        sentinel = bed.Start();
        await sentinel.TickAsync();
        await sentinel.SendAsync();

        bed.Sent.Select(sent => (sent.Detection, sent.State)).ShouldBe([("looks", AlarmState.Alarm), ("looks", AlarmState.Ok)]);
        bed.Sent.Last().Why.ShouldBe("There is no rule looks any more, so nothing says whether this goes on.");
        (await bed.HistoryAsync()).ShouldContain(entry => entry.Kind == HistoryKind.Retired && entry.Reason!.StartsWith("There is no rule looks"));
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Ended.ShouldBeTrue();
    }

    [Fact]
    public async Task Detection_that_is_switched_off_ends_its_alarms_and_one_that_nobody_was_told_of_is_not_told()
    {
        await using var bed = await FiringAsync(DatabaseProvider.Sqlite, DetectionMode.DryRun);
        bed.Sent.ShouldBeEmpty();
        bed.Options.Rules["looks"].Mode = DetectionMode.Off;

        var sentinel = bed.Start();
        await sentinel.TickAsync();
        await sentinel.SendAsync();

        bed.Sent.ShouldBeEmpty();
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Ended.ShouldBeTrue();
        (await bed.HistoryAsync()).ShouldContain(entry => entry.Kind == HistoryKind.Retired && entry.Reason!.StartsWith("looks is off"));
    }

    [Fact]
    public async Task Rule_that_comes_back_raises_the_next_occurrence()
    {
        await using var bed = await FiringAsync(DatabaseProvider.Sqlite);
        var rule = bed.Options.Rules["looks"];
        bed.Options.Rules.Clear();
        await bed.Start().TickAsync();

        bed.Options.Rules["looks"] = rule;
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Look(30));

        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        (alarm.Occurrence, alarm.Ended).ShouldBe((2, false));
    }

    private async Task<SentinelBed> FiringAsync(DatabaseProvider provider, DetectionMode mode = DetectionMode.On)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.Rules["looks"] = Rule(mode);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Look(0));
        await sentinel.SendAsync();
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Ended.ShouldBeFalse();
        return bed;
    }

    private static RuleOptions Rule(DetectionMode mode = DetectionMode.On) =>
        new() { Pattern = "{ $.eventName = \"DescribeKey\" }", Threshold = 1, Window = TimeSpan.FromHours(1), Mode = mode };

    private static byte[] Look(int second) => TestRecords.Decrypt(TestRecords.Noon.AddSeconds(second)).With(record => record["eventName"] = "DescribeKey").Utf8();
}
