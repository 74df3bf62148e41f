using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>Records that CloudTrail corrects: <c>addendum</c> with UPDATED_DATA.</summary>
public sealed class AmendmentTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider, bool> Ways { get; } =
    [
        .. from database in new[] { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql }
           from isRestarted in new[] { false, true }
           select new TheoryDataRow<DatabaseProvider, bool>(database, isRestarted),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Correction_counts_instead_of_the_original_that_came_before(DatabaseProvider database, bool isRestarted)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "original").Utf8());
        sentinel = isRestarted ? bed.Start() : sentinel;

        await sentinel.TakeAsync(Correction("original").Utf8());

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|AccessDenied||12:00:00+60=1"]);
        var records = (await sentinel.StatusAsync()).Records;
        records.Counted.ShouldBe(2);
        records.Replaced.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Original_that_comes_after_its_correction_does_not_count(DatabaseProvider database, bool isRestarted)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Correction("original").Utf8());
        sentinel = isRestarted ? bed.Start() : sentinel;

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "original").Utf8());

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|AccessDenied||12:00:00+60=1"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Original_and_correction_in_one_page_count_once(bool originalFirst)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        byte[][] page = [TestRecords.Decrypt(eventId: "original").Utf8(), Correction("original").Utf8()];

        await sentinel.TakeAsync(originalFirst ? page : page.Reverse());
        await sentinel.TakeAsync(page);

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|AccessDenied||12:00:00+60=1"]);
    }

    [Fact]
    public async Task Second_correction_replaces_the_first()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "original").Utf8());
        await sentinel.TakeAsync(Correction("original").Utf8());
        await sentinel.TakeAsync(Correction("original", "DisabledException").Utf8(), Correction("original", "NotFoundException").Utf8());

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|NotFoundException||12:00:00+60=1"]);
    }

    [Fact]
    public async Task Correction_of_a_correction_replaces_it()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "original").Utf8());
        await sentinel.TakeAsync(Correction("original").With(record => record["eventID"] = "correction").Utf8());
        await sentinel.TakeAsync(Correction("correction", "DisabledException").Utf8());

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|DisabledException||12:00:00+60=1"]);
    }

    [Fact]
    public async Task Both_keys_of_a_ReEncrypt_are_taken_back()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.ReEncrypt().With(record => record["eventID"] = "original").Utf8());
        await sentinel.TakeAsync(Correction("original").Utf8());

        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|AccessDenied||12:00:00+60=1"]);
    }

    [Fact]
    public async Task Corrected_record_does_not_count_twice_towards_an_alarm()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "original").Utf8());

        await sentinel.TakeAsync(Correction("original").Utf8());
        (await sentinel.AlarmsAsync()).ShouldHaveSingleItem().Detection.ShouldBe("forged-records");
        await bed.Start().TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(1), eventId: "second").Utf8());

        var alarm = (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == "kms-error-burst");
        alarm.Observed.ShouldBe(2);
        alarm.Evidence.Count.ShouldBe(2);
        alarm.Evidence.ShouldNotContain(record => record.EventId == "original");
    }

    [Fact]
    public async Task Error_that_was_none_is_marked_in_the_evidence_of_an_alarm_that_stays_raised()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "original").Utf8(), TestRecords.WrongKey(Noon, eventId: "second").Utf8());

        await sentinel.TakeAsync(Correction("original", null).Utf8());

        var alarm = (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == "kms-error-burst");
        alarm.State.ShouldBe(AlarmState.Alarm);
        alarm.Evidence.Select(record => (record.EventId, record.IsCorrected)).ShouldBe([("original", true), ("second", null)], ignoreOrder: true);
        alarm.EvidenceTotal.ShouldBe(2);
    }

    [Fact]
    public async Task Late_record_is_no_correction()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "original").Utf8());
        await sentinel.TakeAsync(Correction("original").With(record => record["addendum"]!["reason"] = "DELIVERY_DELAY").Utf8());

        (await sentinel.RatesAsync()).Count.ShouldBe(2);
    }

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);

    /// <summary>The same call, which was denied in truth.</summary>
    private static JsonObject Correction(string original, string? errorCode = "AccessDenied") => TestRecords.Decrypt(Noon, errorCode).With(record =>
        record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["updatedFields"] = "errorCode", ["originalEventID"] = original });
}
