using System.Text.Json.Nodes;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.TrailHealth;

/// <summary>Times without a trail, as records tell of them, on either database, under a clock that the test moves.</summary>
public sealed class TrailGapTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Gap_lasts_from_the_stop_to_the_start_and_is_filled_once_the_history_is_complete(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("StopLogging", Noon).Utf8());
        (await GapAsync(sentinel)).To.ShouldBeNull();

        await RoundAsync(sentinel, bed);
        (await GapAsync(sentinel)).Filled.ShouldBeFalse("it is still cut");

        bed.Time.Advance(TimeSpan.FromMinutes(10));
        await sentinel.TakeAsync(Call("StartLogging", Noon.AddMinutes(10)).Utf8());
        var gap = await GapAsync(bed.Start());
        (gap.From, gap.To, gap.Why).ShouldBe((Noon, Noon.AddMinutes(10), "the trail kmslab was told to stop logging"));

        sentinel = bed.Start();
        await RoundAsync(sentinel, bed);
        (await GapAsync(sentinel)).Filled.ShouldBeFalse("the history may still be late");

        bed.Time.Advance(bed.Options.AllowedLateness);
        await RoundAsync(sentinel, bed);
        (await Store(sentinel)).Unfilled.ShouldBeEmpty();
        (await sentinel.AlarmsAsync()).ShouldAllBe(alarm => alarm.EvidenceTotal == 1, "all was read, so there is nothing more to say");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Reading_goes_on_after_a_restart_where_the_last_committed_page_ended(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("StopLogging", Noon).Utf8());
        var gap = await GapAsync(sentinel);
        await BeginAsync(sentinel, gap.Id, Noon.AddMinutes(1));
        await PageAsync(sentinel, gap.Id, new GapPosition(gap.Id, "us-east-1 a", Noon.AddSeconds(7), true, 2));
        await PageAsync(sentinel, gap.Id, new GapPosition(gap.Id, "us-east-1 b", Noon.AddSeconds(5), false, 10));

        var round = (await GapAsync(bed.Start())).Round.ShouldNotBeNull();

        round.Done.ShouldBe(["us-east-1 a"]);
        (round.List, round.DownTo, round.Requests).ShouldBe(("us-east-1 b", Noon.AddSeconds(5), 12));
    }

    [Fact]
    public async Task Records_of_a_gap_count_however_old_they_are_and_once()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("StopLogging", Noon).Utf8());
        var gap = await GapAsync(sentinel);
        bed.Time.Advance(bed.Options.Retention + TimeSpan.FromDays(3));
        var missed = TestRecords.Decrypt(Noon.AddMinutes(1), eventId: "11111111-0000-0000-0000-000000000000").Utf8();

        await PageAsync(sentinel, gap.Id, null, missed);
        await PageAsync(sentinel, gap.Id, null, missed);
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddMinutes(2)).Utf8());

        (await GapAsync(sentinel)).Records.ShouldBe(1);
        var status = await sentinel.StatusAsync();
        status.Records.Counted.ShouldBe(2, "the stop, and what was missed");
        status.Records.TooLate.ShouldBe(1, "what comes from the log group so late is too late, as ever");
    }

    [Fact]
    public async Task What_stays_unread_is_said_on_the_alarm_once()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("StopLogging", Noon).Utf8());
        var gap = await GapAsync(sentinel);
        for (var round = 0; round < 2; round++)
        {
            await BeginAsync(sentinel, gap.Id, bed.Time.GetUtcNow());
            await sentinel.Pipeline.TakeAsync(
                new Turn.OwnWork(memory =>
                {
                    memory.Know<GapStore>().GiveUp(gap.Id, "eu-west-1 kms.amazonaws.com", "eu-west-1 kms.amazonaws.com: denied");
                    memory.Know<GapStore>().End(gap.Id, bed.Time.GetUtcNow());
                }),
                Cancellation);
        }

        var said = (await sentinel.AlarmAsync()).Evidence.Where(evidence => evidence.EventName == "LookupEvents").ShouldHaveSingleItem();
        said.Detail.ShouldBe(
            "from 2026-11-23T12:00:00Z to now (the trail kmslab was told to stop logging) not all could be read from CloudTrail's event history: eu-west-1 kms.amazonaws.com: denied");
    }

    [Fact]
    public async Task Gap_that_reaches_back_further_than_the_history_says_so()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("StopLogging", Noon).Utf8());
        var gap = await GapAsync(sentinel);
        bed.Time.Advance(TimeSpan.FromDays(100));

        await BeginAsync(sentinel, gap.Id, bed.Time.GetUtcNow());

        var round = (await GapAsync(sentinel)).Round.ShouldNotBeNull();
        round.From.ShouldBe(Noon.AddDays(10));
        round.Unread.ShouldBe(["what was called before 2026-12-03T12:00:00Z, further back than the 90 days of the event history"]);
    }

    [Theory]
    [InlineData("StopLogging", "AccessDenied", "a refused stop cuts nothing")]
    [InlineData("GetTrailStatus", null, "a look cuts nothing")]
    public async Task Nothing_is_cut_by(string operation, string? error, string why)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Call(operation, Noon).With(record => record["errorCode"] = error).Utf8());

        (await Store(sentinel)).Unfilled.ShouldBeEmpty(why);
    }

    [Fact]
    public async Task Selectors_that_lose_KMS_cut_until_others_are_put_and_two_causes_both_must_end()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Selectors(Noon, "WriteOnly").Utf8(), Call("StopLogging", Noon.AddMinutes(1)).Utf8());
        await sentinel.TakeAsync(Call("StartLogging", Noon.AddMinutes(2)).Utf8());
        (await GapAsync(sentinel)).To.ShouldBeNull("reads are still left out");

        await sentinel.TakeAsync(Selectors(Noon.AddMinutes(3), "All").Utf8());

        var gap = await GapAsync(sentinel);
        (gap.From, gap.To).ShouldBe((Noon, Noon.AddMinutes(3)));
    }

    private static JsonObject Selectors(DateTimeOffset at, string type) => Call("PutEventSelectors", at).With(record => record["requestParameters"] = new JsonObject
    {
        ["trailName"] = "kmslab",
        ["eventSelectors"] = new JsonArray(new JsonObject { ["readWriteType"] = type, ["includeManagementEvents"] = true }),
    });

    private static JsonObject Call(string operation, DateTimeOffset at) => TestRecords.Decrypt(at, role: $"arn:aws:iam::{TestRecords.Account}:role/admin").With(record =>
    {
        record["eventSource"] = "cloudtrail.amazonaws.com";
        record["eventName"] = operation;
        record["requestParameters"] = new JsonObject { ["name"] = $"arn:aws:cloudtrail:{TestRecords.Region}:{TestRecords.Account}:trail/kmslab" };
        record.Remove("resources");
    });

    private static Task<GapStore> Store(SentinelProcess sentinel) => sentinel.Pipeline.KnowAsync<GapStore>(Cancellation);

    private static async Task<TrailGap> GapAsync(SentinelProcess sentinel) => (await Store(sentinel)).Unfilled.ShouldHaveSingleItem();

    private static Task BeginAsync(SentinelProcess sentinel, string gapId, DateTimeOffset now) =>
        sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GapStore>().Begin(gapId, now)), Cancellation);

    private static async Task RoundAsync(SentinelProcess sentinel, SentinelBed bed)
    {
        var gap = await GapAsync(sentinel);
        await BeginAsync(sentinel, gap.Id, bed.Time.GetUtcNow());
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GapStore>().End(gap.Id, bed.Time.GetUtcNow())), Cancellation);
    }

    private static Task PageAsync(SentinelProcess sentinel, string gapId, GapPosition? position, params byte[][] records) => sentinel.Pipeline.TakeAsync(
        new Turn.Page(EventHistory.Name, [.. records.Select(record => new SourceEvent(record, "history"))])
        {
            FillsGap = gapId,
            Positions = position is null ? [] : [position],
        },
        Cancellation);
}
