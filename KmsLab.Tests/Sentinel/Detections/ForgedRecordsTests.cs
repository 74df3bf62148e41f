using System.Text.Json.Nodes;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Records that somebody else than CloudTrail may have written: told of, and hiding nothing.</summary>
public sealed class ForgedRecordsTests(PostgresCluster cluster)
{
    private const string OtherAccount = "444455556666";

    public static TheoryData<DatabaseProvider, bool> Ways { get; } =
    [
        .. from database in new[] { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql }
           from isRestarted in new[] { false, true }
           select new TheoryDataRow<DatabaseProvider, bool>(database, isRestarted),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Record_behind_whose_id_another_one_stands_is_told_and_judged(DatabaseProvider database, bool isRestarted)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "one").Utf8(), TestRecords.Decrypt(eventId: "two").Utf8());
        sentinel = isRestarted ? bed.Start() : sentinel;

        byte[][] hidden = [TestRecords.WrongKey(TestRecords.Noon, eventId: "one").Utf8(), TestRecords.WrongKey(TestRecords.Noon, eventId: "two").Utf8()];
        await sentinel.TakeAsync(hidden);
        await sentinel.TakeAsync(hidden);

        (await sentinel.AlarmsAsync()).Select(alarm => $"{alarm.Detection} {alarm.EvidenceTotal}").Order().ShouldBe(["forged-records 2", "kms-error-burst 2"]);
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(4);
    }

    [Fact]
    public async Task Both_may_come_in_one_page()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "one").Utf8(), TestRecords.Decrypt(eventId: "one").With(r => r["sourceIPAddress"] = "198.51.100.7").Utf8());

        (await sentinel.AlarmAsync()).Group.Values.ShouldContain(new KeyValuePair<string, string>("kind", "eventID"));
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    public static TheoryData<string> Spellings { get; } = ["order", "space", "escape", "null"];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Copy_that_is_written_in_another_way_is_none(string spelling)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var record = TestRecords.Decrypt(eventId: "one");
        await sentinel.TakeAsync(record.Utf8());

        var text = spelling switch
        {
            "order" => new JsonObject(record.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString(),
            "space" => record.ToJsonString(new() { WriteIndented = true }),
            "escape" => record.ToJsonString().Replace("192.0.2.10", "192\\u002e0.2.10", StringComparison.Ordinal),
            _ => record.With(r => r["errorMessage"] = null).ToJsonString(),
        };
        await sentinel.TakeAsync(System.Text.Encoding.UTF8.GetBytes(text));

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Copies_of_a_call_for_both_accounts_count_once_and_are_no_forgery(DatabaseProvider database, bool isRestarted)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Shared("one", TestRecords.Account).Utf8());
        sentinel = isRestarted ? bed.Start() : sentinel;

        await sentinel.TakeAsync(Shared("two", OtherAccount).Utf8());

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Record_that_was_to_be_hidden_behind_its_sharedEventID_is_judged(DatabaseProvider database, bool isRestarted)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        // Planted before its time, in the same account; and another one that pretends to be the other account's copy, of another call.
        await sentinel.TakeAsync(
            Shared("planted", TestRecords.Account).Utf8(), Shared("planted too", OtherAccount, "other").With(r => r["eventName"] = "DescribeKey").Utf8());
        sentinel = isRestarted ? bed.Start() : sentinel;

        await sentinel.TakeAsync(
            Shared("true", TestRecords.Account, error: "InvalidCiphertextException").Utf8(), Shared("true too", TestRecords.Account, "other", "InvalidCiphertextException").Utf8());

        (await sentinel.AlarmsAsync()).Select(alarm => $"{alarm.Detection} {alarm.EvidenceTotal}").Order().ShouldBe(["forged-records 2", "kms-error-burst 2"]);
    }

    [Theory]
    [InlineData("111122223333_CloudTrail_eu-west-1", true)]
    [InlineData("111122223333_CloudTrail_us-gov-west-1_12", true)]
    [InlineData("o-exampleorgid_111122223333_CloudTrail_eu-west-1_2", true)]
    [InlineData("111122223333_CloudTrail_eu-west-1-copy/x", false)]
    [InlineData("x111122223333_CloudTrail_eu-west-1", false)]
    [InlineData("CloudTrail", false)]
    [InlineData("11112222333_CloudTrail_eu-west-1", false)]
    public void Streams_of_CloudTrail_are_known_by_their_names(string stream, bool isOwn) => CloudTrailStreams.IsOwn(stream).ShouldBe(isOwn);

    [Fact]
    public async Task Record_in_another_stream_is_told_once_and_not_believed_and_the_true_one_is()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var record = TestRecords.WrongKey(TestRecords.Noon, eventId: "one").Utf8();
        var other = TestRecords.WrongKey(TestRecords.Noon, eventId: "two").Utf8();

        await PlantAsync(sentinel, record, other);
        await PlantAsync(sentinel, record, other);
        (await sentinel.AlarmsAsync()).ShouldHaveSingleItem().Detection.ShouldBe("forged-records");
        (await sentinel.AlarmAsync()).EvidenceTotal.ShouldBe(2);
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(0);

        await sentinel.TakeAsync(record, other);
        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Detection).Order().ShouldBe(["forged-records", "kms-error-burst"]);
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Fact]
    public async Task Correction_that_says_the_same_is_quiet()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var original = TestRecords.Decrypt(eventId: "original");
        await sentinel.TakeAsync(original.Utf8());

        await sentinel.TakeAsync(((JsonObject)original.DeepClone()).With(record =>
        {
            record["eventID"] = "correction";
            record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["updatedFields"] = "additionalEventData", ["originalEventID"] = "original" };
        }).Utf8());

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    private static Task PlantAsync(SentinelProcess sentinel, params byte[][] records) => sentinel.Pipeline.TakeAsync(
        new Turn.Page(SentinelBed.Source, [.. records.Select(utf8 => new SourceEvent(utf8, "planted/1") { Stream = "planted" })]), TestContext.Current.CancellationToken);

    private static JsonObject Shared(string eventId, string account, string shared = "shared", string? error = null) => TestRecords.Decrypt(eventId: eventId, errorCode: error).With(record =>
    {
        record["sharedEventID"] = shared;
        record["recipientAccountId"] = account;
        record["requestID"] = shared;
    });

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
}
