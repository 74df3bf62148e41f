using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.CanaryBed;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>delivery-silent: a canary that does not come back in time.</summary>
public sealed class DeliverySilentTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_is_late_at_its_limit_and_not_before_and_delivery_silent_clears_by_itself()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var watch = Watch(sentinel, bed);
        await ComeBackAsync(sentinel, await SendAsync(sentinel, bed, "0"), bed, "0");
        var call = await SendAsync(sentinel, bed, "1");

        await AdvanceAsync(sentinel, bed, LateAfter - TimeSpan.FromMilliseconds(1));
        (await watch.LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldBeNull();

        await AdvanceAsync(sentinel, bed, TimeSpan.FromMilliseconds(1));
        await CompleteAsync(sentinel, CanaryStore.History, bed.Time.GetUtcNow());
        await LookAsync(sentinel, watch, bed);
        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("delivery-silent");
        alarm.Evidence.ShouldHaveSingleItem().Detail.ShouldNotBeNull().ShouldContain("does not have it either");

        await ComeBackAsync(sentinel, call, bed, "1");
        await LookAsync(sentinel, watch, bed);
        await AdvanceAsync(sentinel, bed, alarm.Window);
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Canary_in_the_event_history_alone_is_late_then_kept_away_and_the_watermark_goes_by_the_history(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        var sentinel = bed.Start();
        var watch = Watch(sentinel, bed);
        await ComeBackAsync(sentinel, await SendAsync(sentinel, bed, "0"), bed, "0");
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        var call = await SendAsync(sentinel, bed, "1");
        (await watch.HistoryNeededFromAsync(Cancellation)).ShouldBeNull();

        await AdvanceAsync(sentinel, bed, LateAfter);
        (await watch.HistoryNeededFromAsync(Cancellation)).ShouldNotBeNull().ShouldBeLessThan(Noon);
        await sentinel.Pipeline.TakeAsync(new Turn.Page(CanaryStore.History, [new(Record(call, "1", call.CalledAt).Utf8(), "")]), Cancellation);
        await CompleteAsync(sentinel, CanaryStore.History, bed.Time.GetUtcNow());
        sentinel.Status.Watermark!.Value.Known.ShouldBe(call.CalledAt - bed.Options.AllowedLateness);
        var late = (await watch.LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldNotBeNull();
        late.Findings.ShouldHaveSingleItem().Detection.ShouldBe("delivery-silent");
        await sentinel.Pipeline.TakeAsync(late, Cancellation);

        sentinel = bed.Start();
        await AdvanceAsync(sentinel, bed, BlindedAfter - LateAfter);
        var blinded = (await Watch(sentinel, bed).LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldNotBeNull().Findings.ShouldHaveSingleItem();
        blinded.Detection.ShouldBe("trail-blinding");
        blinded.Detail.ShouldStartWith("1 canary calls since 2026-11-23T12:01:00Z are in CloudTrail's event history and did not come through logs:test");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Canary_that_fails_is_said_at_once_unless_it_may_pass(bool transient, int findings)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var call = await IssueAsync(sentinel, bed);
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<CanaryStore>().Ended(call.Sequence, null, new CanaryProblem("the reason", transient))), Cancellation);

        var now = (await Watch(sentinel, bed).LookAsync(bed.Time.GetUtcNow(), Cancellation))?.Findings ?? [];
        bed.Time.Advance(bed.Options.Delivery.UnreadableAfter);
        var later = (await Watch(sentinel, bed).LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldNotBeNull().Findings;

        now.Count.ShouldBe(findings);
        later.ShouldHaveSingleItem().Detail.ShouldContain("the reason");
        later[0].Detection.ShouldBe(transient ? "delivery-silent" : "trail-blinding");
    }

    private Task<SentinelBed> BedAsync(DatabaseProvider provider = DatabaseProvider.Sqlite) => CanaryBed.CreateAsync(provider, cluster);
}
