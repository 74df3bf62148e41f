using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Replay;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>What a replay finds: the past as the service would have seen it.</summary>
public sealed class ReplayTests
{
    private static readonly DateTimeOffset LongAgo = new(2019, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_counts_records_however_old_they_are_and_raises_no_alarm_for_quiet_ones()
    {
        using var folder = new RecordFolder();
        folder.Add("new.json", RecordFolder.Delivery(TestRecords.Decrypt(TestRecords.Noon)));
        folder.Add("old.json", RecordFolder.Delivery(TestRecords.Decrypt(LongAgo), TestRecords.Decrypt(LongAgo)));

        var report = await ReplayAsync(folder);

        report.Records.Counted.ShouldBe(3);
        var rate = report.Rates.ShouldHaveSingleItem();
        rate.ShouldBe(new ReplayRate(TestRecords.KeyArn, TestRecords.RoleArn, "Decrypt", "Success", null, 3, LongAgo, TestRecords.Noon.AddMinutes(1)));
        report.Alarms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replay_raises_the_alarm_in_the_time_of_the_attack_and_ends_it()
    {
        using var folder = new RecordFolder();
        folder.Add("attack.json", RecordFolder.Delivery(TestRecords.WrongKey(LongAgo, eventId: "one"), TestRecords.WrongKey(LongAgo.AddSeconds(1), eventId: "two")));

        var (alarm, history) = (await ReplayAsync(folder)).Alarms.ShouldHaveSingleItem();

        alarm.Detection.ShouldBe("kms-error-burst");
        alarm.State.ShouldBe(AlarmState.Ok);
        alarm.FirstSeen.ShouldBe(LongAgo);
        alarm.Evidence.Select(record => record.EventId).ShouldBe(["one", "two"]);
        history.Select(change => change.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
        history[0].At.ShouldBe(LongAgo);
        history[1].At.ShouldBeInRange(LongAgo.AddMinutes(1), LongAgo.AddHours(1));
    }

    [Fact]
    public async Task Replay_tells_two_attacks_apart_although_they_stand_in_one_file()
    {
        using var folder = new RecordFolder();
        folder.Add("attacks.json", RecordFolder.Delivery(
            new[] { 0, 1, 2 }.SelectMany(hours => new[] { TestRecords.WrongKey(LongAgo.AddHours(hours)), TestRecords.WrongKey(LongAgo.AddHours(hours).AddSeconds(1)) })));

        var (alarm, history) = (await ReplayAsync(folder)).Alarms.ShouldHaveSingleItem();

        alarm.Occurrence.ShouldBe(3);
        history.Select(change => (change.State, change.Occurrence)).ShouldBe(
            [(AlarmState.Alarm, 1), (AlarmState.Ok, 1), (AlarmState.Alarm, 2), (AlarmState.Ok, 2), (AlarmState.Alarm, 3), (AlarmState.Ok, 3)]);
    }

    [Fact]
    public async Task Record_of_the_far_future_does_not_hide_what_comes_after_it()
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Delivery(
            TestRecords.Decrypt().With(record => record["eventTime"] = "9999-12-31T23:59:59Z"),
            TestRecords.Decrypt().With(record => record["eventTime"] = "2199-12-31T23:59:59Z"), TestRecords.WrongKey(LongAgo), TestRecords.WrongKey(LongAgo)));

        var report = await ReplayAsync(folder);

        report.Records.Counted.ShouldBe(3);
        report.Records.Malformed.ShouldBe(1);
        report.Alarms.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Replay_leaves_out_what_is_outside_the_time_asked_for()
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Delivery(Enumerable.Range(0, 5).Select(hour => TestRecords.Decrypt(LongAgo.AddHours(hour)))));

        var report = await ReplayAsync(folder, from: LongAgo.AddHours(1), to: LongAgo.AddHours(3));

        report.Records.Counted.ShouldBe(2);
        report.Records.Outside.ShouldBe(3);
        report.Rates[0].From.ShouldBe(LongAgo.AddHours(1));
        report.Rates[0].To.ShouldBe(LongAgo.AddHours(2).AddMinutes(1));
    }

    [Fact]
    public async Task Replay_on_the_same_database_counts_nothing_twice_and_takes_what_is_new()
    {
        using var folder = new RecordFolder();
        folder.Add("records/a.json", RecordFolder.Delivery(Attack(0)));
        var first = await ReplayAsync(folder, "records", folder["replay.db"]);
        var again = await ReplayAsync(folder, "records", folder["replay.db"]);
        folder.Add("records/b.json", RecordFolder.Delivery(Attack(1)));
        var more = await ReplayAsync(folder, "records", folder["replay.db"]);

        Outcome(again).ShouldBe(Outcome(first));
        more.Records.Counted.ShouldBe(4);
        more.Alarms[0].Alarm.Occurrence.ShouldBe(2);

        static IEnumerable<JsonObject> Attack(int day) => [TestRecords.WrongKey(LongAgo.AddDays(day)), TestRecords.WrongKey(LongAgo.AddDays(day).AddSeconds(1))];
    }

    [Fact]
    public async Task Replay_that_goes_on_leaves_open_what_is_open_and_finds_what_a_single_one_finds()
    {
        using var folder = new RecordFolder();
        folder.Add("records/a.json", RecordFolder.Delivery(TestRecords.WrongKey(LongAgo)));
        var first = await ReplayProgram.ReplayAsync(new(folder["records"], folder["replay.db"], null, null, Json: false, Config: null) { GoesOn = true }, Cancellation);
        folder.Add("records/b.json", RecordFolder.Delivery(TestRecords.WrongKey(LongAgo.AddSeconds(30))));
        var more = await ReplayAsync(folder, "records", folder["replay.db"]);

        first.Alarms.ShouldBeEmpty();
        more.Alarms.ShouldHaveSingleItem().History.Select(change => change.State).ShouldBe([AlarmState.Alarm, AlarmState.Ok]);
        more.Alarms[0].History.ShouldBe((await ReplayAsync(folder, "records")).Alarms[0].History, ignoreOrder: false);
    }

    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 0)]
    public async Task History_tells_the_second_where_it_is_asked_to(bool bySecond, int expectedSeconds)
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Delivery(new[] { 0, 40, 41 }.Select(seconds => TestRecords.WrongKey(LongAgo.AddSeconds(seconds)))));

        var report = await ReplayProgram.ReplayAsync(
            new(folder[""], null, null, null, Json: false, Config: null) { BySecond = bySecond ? [(LongAgo, LongAgo.AddMinutes(1))] : [] }, Cancellation);

        var (alarm, history) = report.Alarms.ShouldHaveSingleItem();
        history[0].At.ShouldBe(LongAgo.AddSeconds(expectedSeconds));
        alarm.EvidenceTotal.ShouldBe(3);
    }

    [Fact]
    public async Task Replay_refuses_a_database_of_another_source()
    {
        using var folder = new RecordFolder();
        folder.Add("records/a.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        folder.Add("others/a.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        await ReplayAsync(folder, "records", folder["replay.db"]);

        var refused = await Should.ThrowAsync<ReplayException>(() => ReplayAsync(folder, "others", folder["replay.db"]));

        refused.Message.ShouldContain("--database");
    }

    [Fact]
    public async Task Damaged_file_is_told_of_and_the_rest_is_counted()
    {
        using var folder = new RecordFolder();
        folder.Add("a.json.gz", RecordFolder.Pack(RecordFolder.Delivery(TestRecords.Decrypt()))[..100]);
        folder.Add("b.json", RecordFolder.Delivery(TestRecords.Decrypt()));

        var report = await ReplayAsync(folder);

        report.Records.Counted.ShouldBe(1);
        report.Records.Malformed.ShouldBe(1);
        report.Malformed.ShouldHaveSingleItem().Origin.ShouldStartWith(folder["a.json.gz"]);
    }

    [Theory]
    [InlineData("cloudtrail.amazonaws.com", 1, 0)]
    [InlineData("rds.amazonaws.com", 0, 1)]
    public async Task Record_is_counted_where_nothing_else_is_to_be_told_of_it(string source, int counted, int ignored)
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Delivery(TestRecords.Decrypt().With(record => (record["eventSource"], record["eventName"]) = (source, "DescribeSomething"))));

        var records = (await ReplayAsync(folder)).Records;

        (records.Read, records.Counted, records.Ignored).ShouldBe((1, counted, ignored));
    }

    private static Task<ReplayReport> ReplayAsync(RecordFolder folder, string name = "", string? database = null, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        ReplayProgram.ReplayAsync(new(folder[name], database, from, to, Json: false, Config: null), Cancellation);

    /// <summary>What a replay found, without what only this run did.</summary>
    private static string Outcome(ReplayReport report) =>
        JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport))!.ToJsonString();
}
