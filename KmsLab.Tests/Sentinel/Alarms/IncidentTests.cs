using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Alarms of one incident are one story: who is related, who leads, and who is told by itself.</summary>
public sealed class IncidentTests(PostgresCluster cluster)
{
    private const string Strong = "key-tampering";
    private const string Weak = "kms-error-burst";

    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Weaker_alarm_of_the_same_incident_is_told_with_the_stronger_in_whatever_order_a_turn_finds_them(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        await TakeAsync(bed, bed.Start(), [.. Burst(Noon), Change(Noon.AddMinutes(1))]);
        await TakeAsync(bed, bed.Start());

        var told = bed.Sent.ShouldHaveSingleItem();
        told.Detection.ShouldBe(Strong);
        var relative = told.Relatives.ShouldHaveSingleItem();
        (relative.Detection, relative.Severity, relative.Occurrence).ShouldBe((Weak, Severity.High, 1));
        relative.Ties.ShouldContain($"principal {TestRecords.RoleArn}");
        relative.Ties.ShouldContain($"key {TestRecords.KeyArn}");
        NotificationText.Body(Message.Of(told, null, Texts.English)).ShouldContain($"Of the same incident:\n- (high) {Weak}: ");

        var weak = Answer(await AlarmAsync(bed.Start(), Weak));
        weak.Leader.ShouldBe(told.AlarmId);
        weak.Relatives.ShouldHaveSingleItem().AlarmId.ShouldBe(told.AlarmId);
        (await bed.HistoryAsync()).Where(entry => entry.Kind == HistoryKind.Inhibited).ShouldHaveSingleItem().Reason.ShouldBe($"told with {Strong} ({told.AlarmId})");
    }

    [Fact]
    public async Task Weaker_alarm_that_was_told_first_is_named_by_the_stronger_and_both_are_said_to_be_over()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await TakeAsync(bed, sentinel, Burst(Noon));
        await TakeAsync(bed, sentinel, Change(Noon.AddMinutes(1)));
        bed.Time.Advance(TimeSpan.FromHours(5));
        await TakeAsync(bed, sentinel);
        bed.Sent.Select(sent => (sent.Detection, sent.Reminder)).ShouldBe([(Weak, 0), (Strong, 0), (Strong, 1)], "the weaker is not reminded of by itself");
        bed.Sent[1].Relatives.ShouldHaveSingleItem().Detection.ShouldBe(Weak);

        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        await sentinel.SendAsync();

        bed.Sent.Skip(3).Select(sent => (sent.Detection, sent.State)).ShouldBe([(Weak, AlarmState.Ok), (Strong, AlarmState.Ok)], ignoreOrder: true);
    }

    [Fact]
    public async Task Alarm_that_was_told_only_with_another_is_not_said_to_be_over()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await TakeAsync(bed, sentinel, [.. Burst(Noon), Change(Noon)]);
        await sentinel.CompleteAsync(Noon.AddMinutes(10));
        await TakeAsync(bed, sentinel);

        (await AlarmAsync(sentinel, Weak)).Ended.ShouldBeTrue();
        bed.Sent.ShouldHaveSingleItem().Detection.ShouldBe(Strong);
    }

    [Theory]
    [InlineData("Silence")]
    [InlineData("Acknowledge")]
    public async Task Leader_that_tells_nobody_holds_up_nobody(string kind)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await TakeAsync(bed, sentinel, Change(Noon));
        var leader = await AlarmAsync(sentinel, Strong);
        await bed.SubmitAsync(new(Guid.CreateVersion7().ToString(), leader.Id, Enum.Parse<AlarmCommandKind>(kind), 1, Noon, "alice", "known", Noon.AddDays(1)));
        await TakeAsync(bed, sentinel);

        await TakeAsync(bed, sentinel, Burst(Noon.AddMinutes(1)));

        bed.Sent.Select(sent => sent.Detection).ShouldBe([Strong, Weak]);
    }

    [Fact]
    public async Task Acknowledging_the_leader_covers_those_that_it_named()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await TakeAsync(bed, sentinel, [.. Burst(Noon), Change(Noon)]);
        var leader = await AlarmAsync(sentinel, Strong);
        await bed.SubmitAsync(new(Guid.CreateVersion7().ToString(), leader.Id, AlarmCommandKind.Acknowledge, 1, Noon, "alice", "known"));

        await TakeAsync(bed, sentinel);
        await TakeAsync(bed, sentinel);

        bed.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Leader_that_is_only_recorded_holds_up_nobody()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections[Strong] = new() { Mode = DetectionMode.DryRun };

        await TakeAsync(bed, bed.Start(), [.. Burst(Noon), Change(Noon)]);

        bed.Sent.ShouldHaveSingleItem().Detection.ShouldBe(Weak);
    }

    [Theory]
    [InlineData("principal")]
    [InlineData("key")]
    [InlineData("session")]
    [InlineData("access key")]
    public async Task One_thing_in_common_is_enough(string tie)
    {
        await using var bed = await BedAsync();
        await TakeAsync(bed, bed.Start(), [.. Burst(Noon).Select(record => Elsewhere(record, but: tie)), Change(Noon)]);

        bed.Sent.ShouldHaveSingleItem().Relatives.ShouldHaveSingleItem().Ties.ShouldHaveSingleItem().ShouldStartWith(tie + " ");
    }

    [Fact]
    public async Task Nothing_in_common_or_too_far_apart_is_no_incident()
    {
        await using var bed = await BedAsync();
        await TakeAsync(bed, bed.Start(), [.. Burst(Noon).Select(record => Elsewhere(record, but: "")), Change(Noon)]);
        bed.Sent.Count.ShouldBe(2);
        bed.Sent.ShouldAllBe(sent => sent.Relatives.Count == 0);

        await using var apart = await BedAsync();
        await TakeAsync(apart, apart.Start(), [.. Burst(Noon), Change(Noon.AddSeconds(2) + apart.Options.Alarms.RelatedWithin)]);
        apart.Sent.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switches_say_whether_they_are_related_and_told_together(bool related)
    {
        await using var bed = await BedAsync();
        if (related)
            bed.Options.Alarms.Inhibit = false;
        else
            bed.Options.Alarms.RelatedWithin = TimeSpan.Zero;

        await TakeAsync(bed, bed.Start(), [.. Burst(Noon), Change(Noon)]);

        bed.Sent.Count.ShouldBe(2);
        bed.Sent.ShouldAllBe(sent => sent.Relatives.Count == (related ? 1 : 0));
    }

    [Fact]
    public async Task Next_occurrence_begins_without_relatives()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await TakeAsync(bed, sentinel, [.. Burst(Noon), Change(Noon)]);
        bed.Time.Advance(TimeSpan.FromHours(10));
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());

        await TakeAsync(bed, sentinel, Burst(Noon.AddHours(10)));

        var weak = await AlarmAsync(sentinel, Weak);
        (weak.Occurrence, weak.Traits.Relatives.Count).ShouldBe((2, 0));
        bed.Sent[^1].Detection.ShouldBe(Weak);
    }

    private static AlarmAnswer Answer(Alarm alarm) => AlarmAnswer.Of(alarm, new DetectionCatalog(new DetectionOptions()));

    private static async Task<Alarm> AlarmAsync(SentinelProcess sentinel, string detection) => (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == detection);

    private static async Task TakeAsync(SentinelBed bed, SentinelProcess sentinel, params JsonObject[] records)
    {
        if (records.Length > 0)
            await sentinel.TakeAsync(records.Select(record => record.Utf8()));
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        await sentinel.TickAsync();
        await sentinel.SendAsync();
    }

    private static JsonObject[] Burst(DateTimeOffset at) => [TestRecords.WrongKey(at), TestRecords.WrongKey(at)];

    private static JsonObject Change(DateTimeOffset at) => TestRecords.Decrypt(at).With(record =>
    {
        record["eventName"] = "DisableKey";
        record["readOnly"] = false;
        record["requestParameters"] = new JsonObject { ["keyId"] = TestRecords.KeyArn };
    });

    /// <summary>The record by somebody else, elsewhere, but for one thing.</summary>
    private static JsonObject Elsewhere(JsonObject record, string but) => record.With(changed =>
    {
        var identity = changed["userIdentity"]!;
        if (but != "principal")
            identity["sessionContext"]!["sessionIssuer"]!["arn"] = $"arn:aws:iam::{TestRecords.Account}:role/elsewhere";
        if (but != "session")
            identity["arn"] = $"arn:aws:sts::{TestRecords.Account}:assumed-role/elsewhere/other";
        if (but != "access key")
            identity["accessKeyId"] = "ASIAOTHER";
        if (but != "key")
            changed["resources"] = new JsonArray(TestRecords.Resource(TestRecords.OtherKeyArn));
    });

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        // Two records and the decryptions past the application are all that these tests are about.
        foreach (var other in DetectionCatalog.BuiltIn.Select(definition => definition.Id).Where(id => id is not (Strong or Weak)))
            bed.Options.Detections[other] = new() { Mode = DetectionMode.Off };
        return bed;
    }
}
