using System.Text;
using CsCheck;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>What is counted, and that it is counted once whatever happens in between.</summary>
public sealed class PipelineTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases { get; } = new(DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql);

    public static TheoryData<DatabaseProvider, string> CrashPoints { get; } =
    [
        .. from database in new[] { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql }
           from step in Enum.GetNames<TurnStep>()
           select new TheoryDataRow<DatabaseProvider, string>(database, step),
    ];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Calls_are_counted_by_key_principal_operation_outcome_service_and_minute(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(
            TestRecords.Decrypt(Noon).Utf8(),
            TestRecords.Decrypt(Noon.AddMilliseconds(59_999)).Utf8(),
            TestRecords.Decrypt(Noon.AddSeconds(60)).Utf8(),
            TestRecords.WrongKey(Noon.AddSeconds(-1)).Utf8(),
            TestRecords.Decrypt(Noon).With(r => r["userIdentity"]!["invokedBy"] = "s3.amazonaws.com").Utf8(),
            TestRecords.ReEncrypt().Utf8(),
            TestRecords.Denied(Noon).Utf8(),
            TestRecords.ServiceEvent().Utf8());

        var role = TestRecords.RoleArn;
        (await sentinel.RatesAsync()).ShouldBe(
        [
            $"4321|{role}|ReEncrypt|Success||12:00:00+60=1",
            "90ab|AWS Internal|RotateKey|Success|AWS Internal|12:00:00+60=1",
            $"90ab|{role}|Decrypt|InvalidCiphertextException||11:59:00+60=1",
            $"90ab|{role}|Decrypt|Success|s3.amazonaws.com|12:00:00+60=1",
            $"90ab|{role}|Decrypt|Success||12:00:00+60=2",
            $"90ab|{role}|Decrypt|Success||12:01:00+60=1",
            $"90ab|{role}|ReEncrypt|Success||12:00:00+60=1",
            $"|{role}|Decrypt|AccessDenied||12:00:00+60=1",
        ]);
    }

    [Fact]
    public async Task Record_counts_once_however_often_it_is_read()
    {
        await using var bed = await BedAsync();
        var record = TestRecords.Decrypt().Utf8();

        var sentinel = bed.Start();
        await sentinel.TakeAsync(record, record);
        await sentinel.TakeAsync(record);
        await bed.Start().TakeAsync(record);

        var status = await sentinel.StatusAsync();
        status.Records.Counted.ShouldBe(1);
        status.Records.Read.ShouldBe(3);
        status.Records.Duplicates.ShouldBe(2);
    }

    [Fact]
    public async Task Two_copies_of_a_cross_account_call_count_once()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var shared = Guid.NewGuid().ToString();

        var copy = TestRecords.CrossAccount(shared).Utf8();
        await sentinel.TakeAsync(copy, TestRecords.Decrypt().With(r => r["sharedEventID"] = shared).Utf8());
        await sentinel.TakeAsync(copy);

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
    }

    [Fact]
    public async Task Malformed_event_is_kept_aside_once_and_stops_nothing()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var malformed = Encoding.UTF8.GetBytes("""{"eventTime":"2026-11-23T12:00:00Z","secret":"hunter2" """);

        await sentinel.TakeAsync(malformed, TestRecords.Decrypt().Utf8());
        await bed.Start().TakeAsync(malformed);

        var status = await sentinel.StatusAsync();
        status.Records.Malformed.ShouldBe(1);
        status.Records.Counted.ShouldBe(1);
        var rejection = status.Malformed.ShouldHaveSingleItem();
        rejection.Origin.ShouldBe("stream/0");
        rejection.Problem.ShouldStartWith("It is not valid JSON");
        bed.Messages.ShouldAllBe(message => !message.Contains("hunter2"));
    }

    [Fact]
    public async Task Rejections_that_are_kept_are_bounded_and_their_number_is_not()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes($"malformed {i}")));

        var status = await sentinel.StatusAsync();
        status.Records.Malformed.ShouldBe(500);
        status.Malformed.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(-1, 0, 1)]
    public async Task Record_from_before_the_retention_is_too_late(int milliseconds, long counted, long tooLate)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var record = TestRecords.Decrypt().With(r => r["eventTime"] = (Noon - bed.Options.Retention).AddMilliseconds(milliseconds).ToString("O")).Utf8();

        await sentinel.TakeAsync(record);
        await sentinel.TakeAsync(record);

        var records = (await sentinel.StatusAsync()).Records;
        records.Counted.ShouldBe(counted);
        records.TooLate.ShouldBe(tooLate);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_is_older_than_the_retention_is_forgotten_and_not_counted_again(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.Rates.KeepFor = bed.Options.Retention;
        var sentinel = bed.Start();
        var attack = new[] { TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon).Utf8() };
        await sentinel.TakeAsync(attack);
        await sentinel.CompleteAsync(Noon.AddHours(1));
        await sentinel.SendAsync();

        bed.Time.Advance(bed.Options.Retention + TimeSpan.FromHours(2));
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        bed.Time.Advance(bed.Options.Retention + TimeSpan.FromHours(2));
        await sentinel.Pipeline.PruneAsync(TestContext.Current.CancellationToken);
        await sentinel.TakeAsync(attack);

        (await sentinel.RatesAsync()).ShouldBeEmpty();
        var kept = (await sentinel.AlarmsAsync()).ShouldHaveSingleItem("nobody has closed it");
        (kept.Ended, kept.Occurrence, kept.EvidenceTotal).ShouldBe((true, 1, 2));
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Fact]
    public async Task Series_beyond_the_limit_share_one()
    {
        await using var bed = await BedAsync();
        bed.Options.MaxSeries = 2;
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 5).Select(i => TestRecords.Decrypt(role: $"arn:aws:iam::1:role/r{i}").Utf8()));

        (await sentinel.RatesAsync()).ShouldBe(
        [
            "90ab|arn:aws:iam::1:role/r0|Decrypt|Success||12:00:00+60=1",
            "90ab|arn:aws:iam::1:role/r1|Decrypt|Success||12:00:00+60=1",
            "ther|Other|Other|Other||12:00:00+60=3",
        ]);
        (await sentinel.StatusAsync()).Records.Overflowed.ShouldBe(3);
    }

    [Fact]
    public async Task Groups_beyond_the_limit_share_one_that_still_raises_an_alarm()
    {
        await using var bed = await BedAsync();
        bed.Options.MaxGroups = 1;
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 3).Select(i => TestRecords.WrongKey(Noon, $"arn:aws:iam::1:role/r{i}").Utf8()));

        (await sentinel.AlarmAsync()).Group.Values.ShouldBe([new("principal", "Other")]);
    }

    [Fact]
    public async Task Leader_that_was_overtaken_counts_nothing_and_what_it_read_counts_once()
    {
        await using var bed = await BedAsync();
        var overtaken = bed.Start();
        byte[] record = TestRecords.Decrypt().Utf8(), unseen = TestRecords.Decrypt().Utf8();
        await overtaken.TickAsync();
        var leading = bed.Start();
        await leading.TakeAsync(record);

        await Should.ThrowAsync<NotLeadingException>(() => overtaken.TakeAsync(record, unseen));
        await leading.TakeAsync(record, unseen);

        overtaken.Leader.Current.ShouldBeNull();
        (await leading.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(CrashPoints))]
    public async Task Crash_loses_no_call_and_counts_none_twice_and_loses_no_notification(DatabaseProvider database, string stepName)
    {
        var step = Enum.Parse<TurnStep>(stepName);
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        byte[][] head = [TestRecords.Decrypt().Utf8(), TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(1)).Utf8()];

        await Should.ThrowAsync<SimulatedCrashException>(() => RunAsync(bed.Start(new CrashPlan(step, 1)), head));
        var restarted = bed.Start();
        await RunAsync(restarted, head);

        (await restarted.StatusAsync()).Records.Counted.ShouldBe(3);
        (await restarted.RatesAsync()).Count.ShouldBe(2);
        var alarm = await restarted.AlarmAsync();
        alarm.State.ShouldBe(AlarmState.Alarm);
        alarm.Occurrence.ShouldBe(1);
        alarm.EvidenceTotal.ShouldBe(2);
        (await restarted.StatusAsync()).PendingNotifications.ShouldBe(0);
        bed.Sent.Count.ShouldBe(step == TurnStep.Sent ? 2 : 1, "only a crash between sending and marking repeats a notification");
        bed.Sent.Select(sent => sent.Id).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Turn_that_failed_can_be_taken_again_by_the_same_process()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start(new CrashPlan(TurnStep.Written, 1));
        byte[][] head = [TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon).Utf8()];

        await Should.ThrowAsync<SimulatedCrashException>(() => sentinel.TakeAsync(head));
        await sentinel.TakeAsync(head);

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
        (await sentinel.AlarmAsync()).EvidenceTotal.ShouldBe(2);
    }

    /// <summary>The model: whatever the order, the duplicates, the pages and the crashes, everything comes to what one clean page gives.</summary>
    [Theory]
    [InlineData(DatabaseProvider.Sqlite, 40)]
    [InlineData(DatabaseProvider.PostgreSql, 10)]
    public Task Any_order_duplication_paging_and_crash_gives_what_the_clean_run_gives(DatabaseProvider database, long samples) =>
        Scenario.Gen.SampleAsync(
            async scenario =>
            {
                var clean = await OutcomeAsync(database, async bed => await bed.Start().TakeAsync(scenario.Records));
                var rough = await OutcomeAsync(database, bed => RunRoughlyAsync(bed, scenario));
                rough.ShouldBe(clean);
            },
            iter: samples,
            threads: 1);

    private static async Task RunAsync(SentinelProcess sentinel, byte[][] events)
    {
        await sentinel.TakeAsync(events);
        await sentinel.SendAsync();
    }

    private static async Task RunRoughlyAsync(SentinelBed bed, Scenario scenario)
    {
        foreach (var crash in scenario.Crashes)
        {
            try
            {
                await ReadAsync(bed.Start(crash), scenario);
            }
            catch (SimulatedCrashException)
            {
            }
        }

        await ReadAsync(bed.Start(), scenario);
    }

    private static async Task ReadAsync(SentinelProcess sentinel, Scenario scenario)
    {
        foreach (var page in scenario.Pages)
            await sentinel.TakeAsync(page);
    }

    private async Task<string> OutcomeAsync(DatabaseProvider database, Func<SentinelBed, Task> run)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        await run(bed);
        var sentinel = bed.Start();
        var alarms = (await sentinel.AlarmsAsync()).OrderBy(alarm => alarm.Id)
            .Select(alarm => $"{alarm.Id} {alarm.State} {alarm.Occurrence} {alarm.Observed} {alarm.EvidenceTotal} {alarm.FirstSeen:O} {alarm.LastSeen:O} {alarm.QuietAt:O} {alarm.Evidence.Count}");
        var status = await sentinel.StatusAsync();
        return string.Join('\n', [.. await sentinel.RatesAsync(), .. alarms, $"{status.Records.Counted} {status.Records.Malformed} {status.PendingNotifications}"]);
    }

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);

    /// <summary>Records, and how they come: in which pages, with which duplicates, and where it crashes.</summary>
    private sealed record Scenario(byte[][] Records, byte[][][] Pages, CrashPlan[] Crashes)
    {
        private static readonly Gen<byte[]> Record =
            from second in CsCheck.Gen.Int[0, 300]
            from error in CsCheck.Gen.Bool
            from role in CsCheck.Gen.Int[0, 2]
            from id in CsCheck.Gen.Guid
            from malformed in CsCheck.Gen.Int[0, 19]
            select malformed == 0
                ? Encoding.UTF8.GetBytes($"malformed {id}")
                : TestRecords.Decrypt(Noon.AddSeconds(second), error ? "AccessDenied" : null, $"arn:aws:iam::1:role/r{role}", id.ToString()).Utf8();

        private static readonly Gen<CrashPlan> Crash =
            from step in CsCheck.Gen.Enum<TurnStep>()
            from time in CsCheck.Gen.Int[1, 4]
            select new CrashPlan(step, time);

        public static Gen<Scenario> Gen { get; } =
            from records in Record.Array[1, 25]
            from extra in CsCheck.Gen.Int[0, records.Length - 1].Array[0, 10]
            from order in CsCheck.Gen.Shuffle(records.Concat(extra.Select(index => records[index])).ToArray())
            from pageSize in CsCheck.Gen.Int[1, 12]
            from crashes in Crash.Array[0, 3]
            select new Scenario(records, [.. order.Chunk(pageSize)], crashes);
    }
}
