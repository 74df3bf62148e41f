using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>What people are told, on the whole engine. The watermark stands still at noon, so that an alarm goes on firing until a read is completed.</summary>
public sealed class AlarmNoticesTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly TimeSpan Hours4 = TimeSpan.FromHours(4);

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Alarm_that_goes_on_firing_is_said_again_at_its_time_with_ids_of_their_own(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        await AttackedAsync(bed);

        await TickAsync(bed, bed.Start(), Hours4 - TimeSpan.FromMilliseconds(1));
        bed.Sent.Count.ShouldBe(1);
        await TickAsync(bed, bed.Start(), TimeSpan.FromMilliseconds(1));
        await TickAsync(bed, bed.Start(), TimeSpan.FromMinutes(1));
        await TickAsync(bed, bed.Start(), Hours4);

        bed.Sent.Select(sent => sent.Reminder).ShouldBe([0, 1, 2]);
        var id = bed.Sent[0].Id;
        bed.Sent.Select(sent => sent.Id).ShouldBe([id, $"{id}-r1", $"{id}-r2"]);
        bed.Sent.ShouldAllBe(sent => sent.State == AlarmState.Alarm);
    }

    [Fact]
    public async Task Long_absence_is_made_up_for_by_one_reminder()
    {
        await using var bed = await BedAsync();
        await AttackedAsync(bed);

        await TickAsync(bed, bed.Start(), TimeSpan.FromDays(1));
        await TickAsync(bed, bed.Start(), TimeSpan.FromMinutes(1));

        bed.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_is_reminded_where_reminders_are_off_or_of_what_is_over()
    {
        await using var off = await BedAsync();
        off.Options.Alarms.RemindEvery = TimeSpan.Zero;
        await TickAsync(off, await AttackedAsync(off), TimeSpan.FromDays(1));
        off.Sent.Count.ShouldBe(1);

        await using var over = await BedAsync();
        var sentinel = await AttackedAsync(over);
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await TickAsync(over, sentinel, TimeSpan.FromMinutes(4));
        await TickAsync(over, sentinel, TimeSpan.FromMinutes(1));
        over.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Acknowledged_alarm_is_not_said_again_until_it_is_raised_anew(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        var sentinel = await AttackedAsync(bed);
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Acknowledge));

        await TickAsync(bed, sentinel, TimeSpan.FromDays(1));
        sentinel = bed.Start();
        await TickAsync(bed, sentinel, TimeSpan.FromDays(1));
        bed.Sent.Count.ShouldBe(1);
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        await AttackAsync(sentinel, bed.Time.GetUtcNow());
        await TickAsync(bed, sentinel, TimeSpan.Zero);
        await TickAsync(bed, sentinel, Hours4);

        bed.Sent.Select(sent => (sent.State, sent.Occurrence, sent.Reminder))
            .ShouldBe([(AlarmState.Alarm, 1, 0), (AlarmState.Ok, 1, 0), (AlarmState.Alarm, 2, 0), (AlarmState.Alarm, 2, 1)]);
    }

    [Fact]
    public async Task Acknowledgement_of_an_occurrence_that_was_over_before_it_arrived_does_not_hold_for_the_next()
    {
        await using var bed = await BedAsync();
        var sentinel = await AttackedAsync(bed);
        var command = await CommandAsync(bed, sentinel, AlarmCommandKind.Acknowledge);
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await AttackAsync(sentinel, Noon.AddMinutes(5));
        await bed.SubmitAsync(command);

        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(1));
        await TickAsync(bed, sentinel, Hours4);

        bed.Sent[^1].Reminder.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Alarm_that_is_raised_in_silence_and_still_firing_at_its_end_is_said_once(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        var sentinel = await SilencedAsync(bed, TimeSpan.FromHours(1));
        await AttackAsync(sentinel, Noon.AddMinutes(10));

        await TickAsync(bed, bed.Start(), TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        bed.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok], "nothing but what was said before the silence");
        await TickAsync(bed, bed.Start(), TimeSpan.FromMilliseconds(1));
        await TickAsync(bed, bed.Start(), TimeSpan.FromMinutes(1));

        bed.Sent.Select(sent => (sent.State, sent.Occurrence)).ShouldBe([(AlarmState.Alarm, 1), (AlarmState.Ok, 1), (AlarmState.Alarm, 2)]);
    }

    [Fact]
    public async Task What_comes_and_goes_in_silence_is_recorded_and_not_said()
    {
        await using var bed = await BedAsync();
        var sentinel = await SilencedAsync(bed, TimeSpan.FromHours(1));
        await AttackAsync(sentinel, Noon.AddMinutes(10));
        await sentinel.CompleteAsync(Noon.AddMinutes(20));

        await TickAsync(bed, sentinel, TimeSpan.FromHours(2));

        bed.Sent.Count.ShouldBe(2);
        (await sentinel.AlarmAsync()).Occurrence.ShouldBe(2);
        var history = await bed.HistoryAsync();
        history.Count(entry => entry.Kind == HistoryKind.Withheld).ShouldBe(2);
        history.Where(entry => entry.Kind == HistoryKind.State).Select(entry => (entry.State, entry.Occurrence))
            .ShouldBe([(AlarmState.Alarm, 1), (AlarmState.Ok, 1), (AlarmState.Alarm, 2), (AlarmState.Ok, 2)]);
    }

    [Fact]
    public async Task Alarm_that_people_believe_to_be_firing_and_that_ended_in_silence_is_said_to_be_over()
    {
        await using var bed = await BedAsync();
        var sentinel = await AttackedAsync(bed);
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Silence, TimeSpan.FromHours(1)));
        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(1));
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(1));
        bed.Sent.Count.ShouldBe(1);

        await TickAsync(bed, sentinel, TimeSpan.FromHours(1));

        bed.Sent.Select(sent => sent.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
    }

    [Fact]
    public async Task Silence_that_somebody_ends_early_is_over()
    {
        await using var bed = await BedAsync();
        var sentinel = await SilencedAsync(bed, TimeSpan.FromHours(1));
        await AttackAsync(sentinel, Noon.AddMinutes(10));
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Unsilence));

        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(1));

        bed.Sent[^1].Occurrence.ShouldBe(2);
    }

    [Fact]
    public async Task History_tells_all_in_order_with_who_did_it()
    {
        await using var bed = await BedAsync();
        var sentinel = await AttackedAsync(bed);
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Acknowledge));
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Silence, TimeSpan.FromMinutes(30)));
        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(1));
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await TickAsync(bed, sentinel, TimeSpan.FromMinutes(30));

        (await bed.HistoryAsync()).Select(entry => $"{entry.Kind} {entry.Who} {entry.State} {entry.Reason}".TrimEnd()).ShouldBe(
        [
            $"State sentinel Alarm {bed.Sent[0].Why}",
            "Notified sentinel Alarm",
            "Sent test",
            "Acknowledged alice  a reason",
            "Silenced alice  a reason",
            $"State sentinel Ok {bed.Sent[1].Why}",
            "Withheld sentinel Ok",
            "SilenceEnded sentinel",
            "Notified sentinel Ok",
            "Sent test",
        ]);
    }

    [Theory]
    [MemberData(nameof(PipelineTests.CrashPoints), MemberType = typeof(PipelineTests))]
    public async Task Crash_neither_loses_nor_repeats_a_command_or_a_reminder(DatabaseProvider database, string stepName)
    {
        await using var bed = await BedAsync(database);
        await AttackedAsync(bed);
        var step = Enum.Parse<KmsLab.Sentinel.Turns.TurnStep>(stepName);
        bed.Time.Advance(Hours4);
        var sentinel = bed.Start(new CrashPlan(step, 1));
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Silence, TimeSpan.FromSeconds(1)) with { Until = Noon + Hours4 });

        await Should.ThrowAsync<SimulatedCrashException>(() => TickAsync(bed, sentinel, TimeSpan.Zero));
        await TickAsync(bed, bed.Start(), TimeSpan.Zero);
        await TickAsync(bed, bed.Start(), TimeSpan.Zero);

        bed.Sent.Select(sent => sent.Id).Distinct().Count().ShouldBe(2);
        bed.Sent.Count.ShouldBe(step == KmsLab.Sentinel.Turns.TurnStep.Sent ? 3 : 2);
        (await bed.HistoryAsync()).Select(entry => entry.Kind).ShouldBe(
            [HistoryKind.State, HistoryKind.Notified, HistoryKind.Sent, HistoryKind.Silenced, HistoryKind.SilenceEnded, HistoryKind.Reminded, HistoryKind.Sent]);
        (await bed.CommandsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Alarm_of_a_dry_run_is_recorded_and_said_neither_now_nor_later()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections["kms-error-burst"] = new() { Mode = DetectionMode.DryRun };
        var sentinel = await AttackedAsync(bed);

        await TickAsync(bed, sentinel, TimeSpan.FromDays(1));

        bed.Sent.ShouldBeEmpty();
        (await bed.HistoryAsync()).ShouldHaveSingleItem().Kind.ShouldBe(HistoryKind.State);
    }

    [Fact]
    public async Task Forgotten_alarm_leaves_its_history_and_the_next_occurrence_is_told_afresh()
    {
        await using var bed = await BedAsync();
        var sentinel = await AttackedAsync(bed);
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Acknowledge));
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await TickAsync(bed, sentinel, TimeSpan.Zero);

        bed.Time.Advance(bed.Options.Retention + TimeSpan.FromHours(2));
        await sentinel.Pipeline.PruneAsync(TestContext.Current.CancellationToken);
        (await sentinel.AlarmsAsync()).ShouldHaveSingleItem();
        (await bed.HistoryAsync()).ShouldNotBeEmpty();
        var now = bed.Time.GetUtcNow();
        await AttackAsync(sentinel, now);
        await TickAsync(bed, sentinel, TimeSpan.Zero);
        await TickAsync(bed, sentinel, Hours4);

        bed.Sent.Skip(2).Select(sent => (sent.State, sent.Occurrence, sent.Reminder)).ShouldBe([(AlarmState.Alarm, 2, 0), (AlarmState.Alarm, 2, 1)]);
        bed.Sent.Select(sent => sent.Id).ShouldBeUnique();

        bed.Time.Advance(bed.Options.Alarms.KeepHistory);
        await sentinel.Pipeline.PruneAsync(TestContext.Current.CancellationToken);
        (await bed.HistoryAsync()).ShouldAllBe(entry => entry.At >= now);
    }

    private static async Task<SentinelProcess> AttackedAsync(SentinelBed bed)
    {
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await sentinel.SendAsync();
        return sentinel;
    }

    /// <summary>An alarm that is over, and silent from now on.</summary>
    private static async Task<SentinelProcess> SilencedAsync(SentinelBed bed, TimeSpan duration)
    {
        var sentinel = await AttackedAsync(bed);
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        await bed.SubmitAsync(await CommandAsync(bed, sentinel, AlarmCommandKind.Silence, duration));
        await TickAsync(bed, sentinel, TimeSpan.Zero);
        return sentinel;
    }

    private static async Task<AlarmCommand> CommandAsync(SentinelBed bed, SentinelProcess sentinel, AlarmCommandKind kind, TimeSpan? duration = null)
    {
        var alarm = await sentinel.AlarmAsync();
        var now = bed.Time.GetUtcNow();
        return new(Guid.CreateVersion7(now).ToString(), alarm.Id, kind, alarm.Occurrence, now, "alice", "a reason", now + duration);
    }

    private static Task AttackAsync(SentinelProcess sentinel, DateTimeOffset at) => sentinel.TakeAsync(TestRecords.WrongKey(at).Utf8(), TestRecords.WrongKey(at).Utf8());

    private static async Task TickAsync(SentinelBed bed, SentinelProcess sentinel, TimeSpan later)
    {
        bed.Time.Advance(later);
        await sentinel.TickAsync();
        await sentinel.SendAsync();
    }

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        return bed;
    }
}
