using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Usage;

/// <summary>Calls over time. The bed's clock stands at noon.</summary>
public sealed class ActivityTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly DateTimeOffset Eleven = Noon.AddHours(-1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases { get; } = new(DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Calls_stand_in_the_slot_of_their_event_time_and_errors_apart(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(
            TestRecords.Decrypt(Eleven.AddSeconds(-1)).Utf8(), TestRecords.Decrypt(Eleven).Utf8(), TestRecords.Decrypt(Eleven.AddSeconds(59)).Utf8(), TestRecords.Decrypt(Eleven.AddSeconds(60)).Utf8(),
            Operation("Encrypt", Noon.AddSeconds(-1)), TestRecords.Decrypt(Noon).Utf8(), TestRecords.WrongKey(Eleven.AddMinutes(30)).Utf8(), TestRecords.Denied(Eleven.AddMinutes(30)).Utf8());
        await sentinel.CompleteAsync(Noon);

        var activity = await bed.Activity(sentinel).ReadAsync(new(Eleven, Noon, null, null), Cancellation);

        (activity.From, activity.To, activity.SlotSeconds, activity.AsOf).ShouldBe((Eleven, Noon, 60, Noon - bed.Options.AllowedLateness));
        Lines(activity).ShouldBe(["Decrypt 0=2 1=1", "Encrypt 59=1", "Errors! 30=2"]);
        activity.Series.ShouldAllBe(series => series.CallsPerMinute.Count == 60);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Key_and_principal_choose_the_calls(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Eleven).Utf8(), TestRecords.Decrypt(Eleven, role: "arn:aws:iam::1:role/other").Utf8(), TestRecords.ReEncrypt().With(r => r["eventTime"] = TestRecords.Time(Eleven)).Utf8());

        Lines(await bed.Activity(sentinel).ReadAsync(new(Eleven, Noon, TestRecords.OtherKeyArn, null), Cancellation)).ShouldBe(["ReEncrypt 0=1"]);
        Lines(await bed.Activity(sentinel).ReadAsync(new(Eleven, Noon, null, "arn:aws:iam::1:role/other"), Cancellation)).ShouldBe(["Decrypt 0=1"]);
        Lines(await bed.Activity(sentinel).ReadAsync(new(Eleven, Noon, TestRecords.KeyArn, TestRecords.RoleArn), Cancellation)).ShouldBe(["Decrypt 0=1", "ReEncrypt 0=1"]);
        Lines(await bed.Activity(sentinel).ReadAsync(new(Eleven, Noon, "arn:none", null), Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Operations_beyond_the_sixth_are_one_series()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Enumerable.Range(0, 8).SelectMany(number => Enumerable.Repeat(0, 9 - number).Select(_ => Operation($"Operation{number}", Eleven))));

        var activity = await bed.Activity(sentinel).ReadAsync(new(null, null, null, null), Cancellation);

        activity.Series.Select(series => series.Operation).ShouldBe(["Operation0", "Operation1", "Operation2", "Operation3", "Operation4", "Operation5", "Other"]);
        activity.Series[^1].CallsPerMinute.Sum().ShouldBe(3 + 2);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Hours_that_are_added_up_are_shown_as_hours(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8(), TestRecords.Decrypt(Noon.AddMinutes(59)).Utf8(), TestRecords.Decrypt(Noon.AddMinutes(60)).Utf8());
        bed.Time.SetUtcNow(Noon.AddHours(49));
        await sentinel.Pipeline.PruneAsync(Cancellation);

        var activity = await bed.Activity(sentinel).ReadAsync(new(Noon.AddMinutes(30), Noon.AddMinutes(75), null, null), Cancellation);

        (activity.From, activity.To, activity.SlotSeconds).ShouldBe((Noon, Noon.AddHours(2), 3600));
        activity.Series.ShouldHaveSingleItem().CallsPerMinute.ShouldBe([2 / 60.0, 1 / 60.0]);
    }

    [Fact]
    public async Task Absurd_times_are_answered_with_what_is_kept()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Eleven).Utf8());

        var all = await bed.Activity(sentinel).ReadAsync(new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, null, null), Cancellation);
        var backwards = await bed.Activity(sentinel).ReadAsync(new(Noon, Eleven, null, null), Cancellation);

        (all.To - all.From).ShouldBeInRange(bed.Options.Rates.KeepFor, bed.Options.Rates.KeepFor + TimeSpan.FromDays(3));
        Math.Round(all.Series.ShouldHaveSingleItem().CallsPerMinute.Sum() * all.SlotSeconds / 60, 6).ShouldBe(1);
        (backwards.To - backwards.From).ShouldBe(TimeSpan.FromMinutes(1), "there is always a slot");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Alarms_that_overlap_the_time_are_there_with_their_earlier_occurrences(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await AttackAsync(bed, sentinel, Noon);
        await AttackAsync(bed, sentinel, Noon.AddHours(1));
        bed.Time.SetUtcNow(Noon.AddHours(2));
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddHours(2)).Utf8(), TestRecords.WrongKey(Noon.AddHours(2)).Utf8());

        var alarms = (await bed.Activity(sentinel).ReadAsync(new(Noon, Noon.AddHours(3), null, null), Cancellation)).Alarms;

        alarms.Select(alarm => (alarm.From - Noon, alarm.To - Noon, alarm.State)).ShouldBe(
        [
            (TimeSpan.Zero, TimeSpan.FromMinutes(10), AlarmState.Ok),
            (TimeSpan.FromHours(1), TimeSpan.FromMinutes(70), AlarmState.Ok),
            (TimeSpan.FromHours(2), null, AlarmState.Alarm),
        ]);
        alarms.ShouldAllBe(alarm => alarm.Detection == "kms-error-burst" && alarm.Title == KmsErrorBurst.Definition.Title && alarm.Severity == KmsErrorBurst.Definition.Severity);
        (await bed.Activity(sentinel).ReadAsync(new(Noon.AddMinutes(10), Noon.AddHours(1), null, null), Cancellation)).Alarms.ShouldBeEmpty();
        (await bed.Activity(sentinel).ReadAsync(new(Noon.AddMinutes(9), Noon.AddMinutes(61), null, null), Cancellation)).Alarms.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Occurrence_is_known_after_its_alarm_is_pruned()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        bed.Options.Alarms.KeepEvidence = TimeSpan.FromDays(1);
        await AttackAsync(bed, sentinel, Noon);
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        await bed.SubmitAsync(
            new(Guid.NewGuid().ToString("N"), alarm.Id, AlarmCommandKind.Close, alarm.Occurrence, bed.Time.GetUtcNow(), "alice", "seen") { Verdict = Verdict.Expected });
        await sentinel.TickAsync();
        bed.Time.SetUtcNow(Noon.AddDays(4));
        await sentinel.Pipeline.PruneAsync(Cancellation);
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        (await bed.Activity(sentinel).ReadAsync(new(Noon.AddHours(-1), Noon.AddHours(1), null, null), Cancellation)).Alarms.ShouldHaveSingleItem().Detection.ShouldBe("kms-error-burst");
        var burst = (await bed.Detections().ReadAsync(Cancellation)).Single(detection => detection.Id == "kms-error-burst");
        (burst.Fired, burst.OpenAlarms, burst.LastFired).ShouldBe((1, 0, Noon));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Band_is_there_only_for_a_principal_whose_baseline_judges(DatabaseProvider database)
    {
        await using var bed = await LearnedBed.CreateAsync(database, cluster);
        var sentinel = bed.Bed.Start();
        var (from, to) = (LearnedBed.End.AddHours(-6), LearnedBed.End);

        var ofKey = await bed.Bed.Activity(sentinel).ReadAsync(new(from, to, TestRecords.KeyArn, TestRecords.RoleArn), Cancellation);
        var ofPrincipal = await bed.Bed.Activity(sentinel).ReadAsync(new(from, to, null, TestRecords.RoleArn), Cancellation);
        var baseline = (await bed.Bed.Baselines().ReadAsync(new("vault", TestRecords.RoleArn, null, null), Cancellation)).ShouldNotBeNull();

        ofKey.Expected.Select(band => band.Start).ShouldBe(Enumerable.Range(0, 6).Select(hour => from.AddHours(hour)));
        ofKey.Expected[0].High.ShouldBe(baseline.Points.Single(point => point.Start == from).High / 60);
        ofPrincipal.Expected.ShouldBe(ofKey.Expected);
        (await bed.Bed.Activity(sentinel).ReadAsync(new(from, to, TestRecords.KeyArn, null), Cancellation)).Expected.ShouldBeEmpty();
        (await bed.Bed.Activity(sentinel).ReadAsync(new(from, to, TestRecords.OtherKeyArn, TestRecords.RoleArn), Cancellation)).Expected.ShouldBeEmpty();
        (await bed.Bed.Activity(sentinel).ReadAsync(new(from, to, null, "cryptoapi"), Cancellation)).Expected.ShouldBeEmpty();
    }

    private static async Task AttackAsync(SentinelBed bed, SentinelProcess sentinel, DateTimeOffset at)
    {
        bed.Time.SetUtcNow(at);
        await sentinel.TakeAsync(TestRecords.WrongKey(at).Utf8(), TestRecords.WrongKey(at).Utf8());
        bed.Time.SetUtcNow(at.AddMinutes(10));
        await sentinel.CompleteAsync(at.AddMinutes(10));
    }

    private static byte[] Operation(string name, DateTimeOffset at) => TestRecords.Decrypt(at).With(record => record["eventName"] = name).Utf8();

    /// <summary>A series a line: its slots that hold something.</summary>
    private static IEnumerable<string> Lines(ActivityAnswer activity) => activity.Series.Select(series =>
        $"{series.Operation}{(series.IsError ? "!" : "")} {string.Join(' ', series.CallsPerMinute.Select((calls, slot) => (calls, slot)).Where(part => part.calls > 0).Select(part => $"{part.slot}={part.calls}"))}");
}
