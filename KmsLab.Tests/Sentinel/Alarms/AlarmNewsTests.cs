using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>An acknowledgement covers what was seen: more than that is news, on the whole engine and on either database.</summary>
public sealed class AlarmNewsTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Change_of_another_kind_is_told_again_once_and_reminded_of(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        await AcknowledgedAsync(bed);

        await TakeAsync(bed, bed.Start(), Change("ScheduleKeyDeletion", Noon.AddMinutes(1)));
        await TakeAsync(bed, bed.Start(), Change("ScheduleKeyDeletion", Noon.AddMinutes(2)));

        bed.Sent.Count.ShouldBe(2);
        bed.Sent[1].News.ShouldBe($"ScheduleKeyDeletion by {TestRecords.RoleArn} on {TestRecords.KeyArn}: the key is to be deleted after 30 days");
        bed.Sent[1].Id.ShouldStartWith(bed.Sent[0].Id + "-n");
        var news = (await bed.HistoryAsync()).Where(entry => entry.Kind == HistoryKind.News).ShouldHaveSingleItem();
        (news.NotificationId, news.Reason).ShouldBe((bed.Sent[1].Id, bed.Sent[1].News));

        bed.Time.Advance(bed.Options.Alarms.RemindEvery);
        await TakeAsync(bed, bed.Start());
        bed.Sent[^1].Reminder.ShouldBe(1, "nobody has acknowledged all of it");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task New_acknowledgement_covers_the_news(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        var sentinel = await AcknowledgedAsync(bed);
        await TakeAsync(bed, sentinel, Change("ScheduleKeyDeletion", Noon.AddMinutes(1)));

        await AcknowledgeAsync(bed, sentinel);
        bed.Time.Advance(TimeSpan.FromDays(1));
        await TakeAsync(bed, bed.Start());

        bed.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Much_more_of_the_same_is_news_and_a_little_is_not()
    {
        await using var bed = await BedAsync();
        var sentinel = await AcknowledgedAsync(bed);

        await TakeAsync(bed, sentinel, Change("DisableKey", Noon.AddMinutes(1)));
        bed.Sent.Count.ShouldBe(1, "twice as much");
        await TakeAsync(bed, sentinel, Change("DisableKey", Noon.AddMinutes(2)));

        bed.Sent[^1].News.ShouldBe("3 records, 1 when it was acknowledged");
    }

    [Fact]
    public async Task Amount_is_no_news_where_that_is_switched_off()
    {
        await using var bed = await BedAsync();
        bed.Options.Alarms.NewsFactor = 0;
        var sentinel = await AcknowledgedAsync(bed);

        await TakeAsync(bed, sentinel, [.. Enumerable.Range(1, 20).Select(minute => Change("DisableKey", Noon.AddMinutes(minute)))]);

        bed.Sent.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(TestRecords.KeyArn, "AccessDenied", "a refusal where a success was seen")]
    [InlineData(TestRecords.OtherKeyArn, null, "the same on another key")]
    public async Task Other_outcome_and_other_key_are_of_another_kind(string key, string? error, string why)
    {
        await using var bed = await BedAsync();
        var sentinel = await AcknowledgedAsync(bed);

        await TakeAsync(bed, sentinel, Change("DisableKey", Noon.AddMinutes(1), key).With(record => record["errorCode"] = error));

        bed.Sent.Count.ShouldBe(2, why);
    }

    [Fact]
    public async Task What_came_between_the_acknowledgement_and_the_turn_that_takes_it_in_is_not_covered()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Change("DisableKey", Noon).Utf8());
        await bed.SubmitAsync(await CommandAsync(bed, sentinel));

        await TakeAsync(bed, sentinel, Change("ScheduleKeyDeletion", Noon.AddMinutes(1)));

        bed.Sent[^1].News.ShouldNotBeNull();
    }

    [Fact]
    public async Task News_waits_for_the_end_of_a_silence()
    {
        await using var bed = await BedAsync();
        var sentinel = await AcknowledgedAsync(bed);
        await bed.SubmitAsync((await CommandAsync(bed, sentinel)) with { Kind = AlarmCommandKind.Silence, Until = Noon.AddHours(1) });
        await TakeAsync(bed, sentinel);
        await TakeAsync(bed, sentinel, Change("ScheduleKeyDeletion", Noon.AddMinutes(1)));
        bed.Sent.Count.ShouldBe(1);

        bed.Time.Advance(TimeSpan.FromHours(2));
        await TakeAsync(bed, sentinel);

        bed.Sent[^1].News.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Acknowledgement_of_a_database_from_before_covers_what_was_there(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        var sentinel = await AcknowledgedAsync(bed);
        await TakeAsync(bed, sentinel, Change("DisableKey", Noon.AddMinutes(1)));
        await bed.ExecuteAsync("UPDATE alarm SET traits = ''");
        await bed.ExecuteAsync("UPDATE alarm_handling SET payload = replace(payload, '\"covered\"', '\"unknownThen\"')");

        sentinel = bed.Start();
        await TakeAsync(bed, sentinel);
        bed.Sent.Count.ShouldBe(1);
        await TakeAsync(bed, sentinel, Change("ScheduleKeyDeletion", Noon.AddMinutes(2)));

        bed.Sent[^1].News.ShouldNotBeNull();
    }

    [Fact]
    public async Task Kinds_beyond_the_evidence_that_is_kept_are_seen()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Enumerable.Range(0, Evidence.Limit + 10).Select(second => Change("DisableKey", Noon.AddSeconds(second)).Utf8()));
        await AcknowledgeAsync(bed, sentinel);

        await TakeAsync(bed, sentinel, [Change("ScheduleKeyDeletion", Noon.AddMinutes(2)), .. Enumerable.Range(0, Evidence.Limit).Select(second => Change("DisableKey", Noon.AddMinutes(3).AddSeconds(second)))]);

        bed.Sent[^1].News.ShouldNotBeNull().ShouldStartWith("ScheduleKeyDeletion");
    }

    private static async Task<SentinelProcess> AcknowledgedAsync(SentinelBed bed)
    {
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Change("DisableKey", Noon).Utf8());
        await AcknowledgeAsync(bed, sentinel);
        return sentinel;
    }

    private static async Task AcknowledgeAsync(SentinelBed bed, SentinelProcess sentinel)
    {
        await bed.SubmitAsync(await CommandAsync(bed, sentinel));
        await TakeAsync(bed, sentinel);
    }

    private static async Task<AlarmCommand> CommandAsync(SentinelBed bed, SentinelProcess sentinel)
    {
        var alarm = await sentinel.AlarmAsync();
        return new(Guid.CreateVersion7().ToString(), alarm.Id, AlarmCommandKind.Acknowledge, alarm.Occurrence, bed.Time.GetUtcNow(), "alice", "planned");
    }

    private static async Task TakeAsync(SentinelBed bed, SentinelProcess sentinel, params JsonObject[] records)
    {
        if (records.Length > 0)
            await sentinel.TakeAsync(records.Select(record => record.Utf8()));
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        await sentinel.TickAsync();
        await sentinel.SendAsync();
    }

    private static JsonObject Change(string operation, DateTimeOffset at, string key = TestRecords.KeyArn) => TestRecords.Decrypt(at).With(record =>
    {
        record["eventName"] = operation;
        record["readOnly"] = false;
        record["requestParameters"] = new JsonObject { ["keyId"] = key };
        record["resources"] = new JsonArray(TestRecords.Resource(key));
    });

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn, TestRecords.OtherKeyArn] };
        foreach (var other in DetectionCatalog.BuiltIn.Select(definition => definition.Id).Where(id => id != "key-tampering"))
            bed.Options.Detections[other] = new() { Mode = DetectionMode.Off };
        return bed;
    }
}
