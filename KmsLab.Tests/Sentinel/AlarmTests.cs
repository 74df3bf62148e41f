using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>The alarm's life, on the whole engine: wrong keys at noon, a window of 60 s, an allowed lateness of 5 s.</summary>
public sealed class AlarmTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Fact]
    public async Task Alarm_is_raised_by_the_second_wrong_key_with_both_as_evidence()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "first").Utf8());
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(59), eventId: "second").Utf8());

        var alarm = await sentinel.AlarmAsync();
        alarm.State.ShouldBe(AlarmState.Alarm);
        alarm.Detection.ShouldBe("kms-error-burst");
        alarm.Group.Values.ShouldBe([new("principal", TestRecords.RoleArn)]);
        alarm.Observed.ShouldBe(2);
        alarm.FirstSeen.ShouldBe(Noon);
        alarm.LastSeen.ShouldBe(Noon.AddSeconds(59));
        alarm.Evidence.Select(record => record with { RequestId = null, Session = null, AccessKeyId = null }).ShouldBe(
        [
            new("first", Noon, "Decrypt", TestRecords.RoleArn, TestRecords.KeyArn, "InvalidCiphertextException", "192.0.2.10"),
            new("second", Noon.AddSeconds(59), "Decrypt", TestRecords.RoleArn, TestRecords.KeyArn, "InvalidCiphertextException", "192.0.2.10"),
        ]);
    }

    [Fact]
    public async Task Alarm_stays_away_when_the_errors_are_a_window_apart_or_of_two_principals()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(
            TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(60)).Utf8(), TestRecords.WrongKey(Noon, "arn:aws:iam::000000000000:role/other").Utf8());

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Alarm_returns_to_OK_when_the_watermark_passes_its_window_and_not_before()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);

        // The last window that holds both ends at 12:01:00; the watermark is 5 s behind the read.
        await sentinel.CompleteAsync(Noon.AddSeconds(64));
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);
        await sentinel.CompleteAsync(Noon.AddSeconds(65));

        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
        await sentinel.SendAsync();
        bed.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
    }

    [Fact]
    public async Task Second_attack_raises_the_alarm_again_with_its_own_evidence()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await sentinel.CompleteAsync(Noon.AddMinutes(5));

        await AttackAsync(sentinel, Noon.AddMinutes(5));

        var alarm = await sentinel.AlarmAsync();
        alarm.State.ShouldBe(AlarmState.Alarm);
        alarm.Occurrence.ShouldBe(2);
        alarm.FirstSeen.ShouldBe(Noon.AddMinutes(5));
        alarm.Evidence.Count.ShouldBe(2);
        alarm.EvidenceTotal.ShouldBe(2);
        await sentinel.SendAsync();
        bed.Sent.Select(sent => (sent.State, sent.Occurrence)).ShouldBe([(AlarmState.Alarm, 1), (AlarmState.Ok, 1), (AlarmState.Alarm, 2)]);
        bed.Sent.Select(sent => sent.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task Going_on_prolongs_the_alarm_without_telling_again()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(50)).Utf8());
        await sentinel.CompleteAsync(Noon.AddSeconds(65));

        var alarm = await sentinel.AlarmAsync();
        alarm.State.ShouldBe(AlarmState.Alarm);
        alarm.Observed.ShouldBe(3);
        alarm.QuietAt.ShouldBe(Noon.AddSeconds(61));
        await sentinel.SendAsync();
        bed.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Attack_that_is_found_late_is_told_and_is_over_at_once()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.CompleteAsync(Noon.AddHours(1));

        await AttackAsync(sentinel, Noon);

        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
        await sentinel.SendAsync();
        bed.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
        bed.Sent[0].Evidence.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Late_record_of_an_attack_that_is_over_adds_to_its_evidence_only()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await sentinel.CompleteAsync(Noon.AddHours(1));

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(30)).Utf8());

        var alarm = await sentinel.AlarmAsync();
        alarm.State.ShouldBe(AlarmState.Ok);
        alarm.Occurrence.ShouldBe(1);
        alarm.EvidenceTotal.ShouldBe(3);
        await sentinel.SendAsync();
        bed.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Alarm_has_insufficient_data_when_the_watermark_stands_still_and_is_decided_when_it_moves_again()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.CompleteAsync(Noon);
        await AttackAsync(sentinel, Noon);

        bed.Time.SetUtcNow(Noon + bed.Options.StandstillLimit);
        await sentinel.TickAsync();
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);
        bed.Time.Advance(TimeSpan.FromMilliseconds(1));
        await sentinel.TickAsync();
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.InsufficientData);
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());

        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
        await sentinel.SendAsync();
        bed.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.InsufficientData, AlarmState.Ok]);
    }

    [Fact]
    public async Task Attack_raises_the_alarm_even_while_the_watermark_stands_still()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.CompleteAsync(Noon);
        bed.Time.Advance(TimeSpan.FromHours(1));
        await sentinel.TickAsync();

        await AttackAsync(sentinel, bed.Time.GetUtcNow());

        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);
    }

    [Fact]
    public async Task Dry_run_records_the_alarm_and_tells_nobody()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections["kms-error-burst"] = new DetectionOverrides { Mode = DetectionMode.DryRun };
        var sentinel = bed.Start();

        await AttackAsync(sentinel, Noon);
        await sentinel.SendAsync();

        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);
        bed.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Detection_that_is_off_sees_nothing()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections["kms-error-burst"] = new DetectionOverrides { Mode = DetectionMode.Off };
        var sentinel = bed.Start();

        await AttackAsync(sentinel, Noon);

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Threshold_and_window_come_from_configuration()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections["kms-error-burst"] = new DetectionOverrides { Threshold = 3, Window = TimeSpan.FromSeconds(10) };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(9)).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(10)).Utf8());
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(5)).Utf8());

        (await sentinel.AlarmAsync()).Observed.ShouldBe(3);
    }

    [Fact]
    public async Task Evidence_is_bounded_and_its_total_says_the_rest()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 200).Select(i => TestRecords.WrongKey(Noon.AddSeconds(i % 30)).Utf8()));
        await sentinel.TakeAsync(Enumerable.Range(0, 100).Select(i => TestRecords.WrongKey(Noon.AddSeconds(30 + (i % 20))).Utf8()));

        var alarm = await sentinel.AlarmAsync();
        alarm.Evidence.Count.ShouldBe(Evidence.Limit);
        alarm.EvidenceTotal.ShouldBe(300);
        alarm.Observed.ShouldBe(300);
        alarm.LastSeen.ShouldBe(Noon.AddSeconds(49));
    }

    [Fact]
    public async Task Late_record_in_the_midst_of_an_alarm_belongs_to_its_evidence()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await AttackAsync(sentinel, Noon.AddMinutes(5));

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddMinutes(3)).Utf8());

        var alarm = await sentinel.AlarmAsync();
        alarm.EvidenceTotal.ShouldBe(5);
        alarm.Evidence.Count.ShouldBe(5);
    }

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);

    private static Task AttackAsync(SentinelProcess sentinel, DateTimeOffset at) =>
        sentinel.TakeAsync(TestRecords.WrongKey(at).Utf8(), TestRecords.WrongKey(at.AddSeconds(1)).Utf8());
}
