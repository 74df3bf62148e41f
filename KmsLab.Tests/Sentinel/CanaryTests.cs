using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>The canary's store and what goes by it, on either database, under a clock that the test moves.</summary>
public sealed class CanaryTests(PostgresCluster cluster)
{
    private const string CanaryKey = "arn:aws:kms:us-east-1:000000000000:key/canary00-0000-0000-0000-000000000000";

    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BlindedAfter = TimeSpan.FromMinutes(12);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Canary_sent_before_a_restart_comes_back_after_it_and_moves_the_watermark(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        var call = await SendAsync(bed.Start(), bed, "request-1");

        bed.Time.Advance(TimeSpan.FromMinutes(5));
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Record(call, "request-1").Utf8());
        await sentinel.TickAsync();
        sentinel.Status.Watermark!.Value.Known.ShouldBeNull("the read that brought it is not complete yet");
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());

        sentinel.Status.Watermark!.Value.Known.ShouldBe(Noon - bed.Options.AllowedLateness);
        (await sentinel.RatesAsync()).ShouldBeEmpty();
        (await Store(sentinel)).TakeReturns().ShouldHaveSingleItem().Lag.ShouldBe(TimeSpan.FromMinutes(5));

        var again = bed.Start();
        await again.TickAsync();
        again.Status.Watermark!.Value.Known.ShouldBe(Noon - bed.Options.AllowedLateness);
        (await SendAsync(again, bed, "request-2")).Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task Reads_without_canaries_make_the_watermark_stand_still_and_alarms_unknown_until_one_comes_back()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await ComeBackAsync(sentinel, await SendAsync(sentinel, bed, "1"), bed, "1");
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon).Utf8());
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);

        await AdvanceAsync(sentinel, bed, LateAfter + bed.Options.Canary.Interval);
        sentinel.Status.Watermark!.Value.StandsStill.ShouldBeFalse();
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);

        await AdvanceAsync(sentinel, bed, TimeSpan.FromSeconds(1));
        sentinel.Status.Watermark!.Value.StandsStill.ShouldBeTrue();
        sentinel.Status.Watermark!.Value.Known.ShouldBe(Noon - bed.Options.AllowedLateness);
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.InsufficientData);

        await ComeBackAsync(sentinel, await SendAsync(sentinel, bed, "2"), bed, "2");
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
    }

    [Fact]
    public async Task Slowest_source_counts_and_one_that_the_canary_does_not_come_through_is_complete_when_read()
    {
        await using var bed = await BedAsync();
        bed.Options.Canary.NotThrough = ["logs:elsewhere"];
        var sentinel = bed.Start(null, new Named(SentinelBed.Source), new Named("logs:elsewhere"));
        var call = await SendAsync(sentinel, bed, "1");
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await ComeBackAsync(sentinel, call, bed, "1");
        sentinel.Status.Watermark!.Value.Known.ShouldBeNull();

        await CompleteAsync(sentinel, "logs:elsewhere", Noon.AddSeconds(-10));
        sentinel.Status.Watermark!.Value.Known.ShouldBe(Noon.AddSeconds(-10) - bed.Options.AllowedLateness);

        await CompleteAsync(sentinel, "logs:elsewhere", Noon.AddSeconds(30));
        sentinel.Status.Watermark!.Value.Known.ShouldBe(Noon - bed.Options.AllowedLateness);
    }

    [Fact]
    public async Task Refused_canary_is_known_by_its_request_id_and_is_no_error_of_anybody()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var calls = new[] { await IssueAsync(sentinel, bed), await IssueAsync(sentinel, bed) };
        foreach (var (call, request) in calls.Zip(["a", "b"]))
            await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<CanaryStore>().Ended(call.Sequence, request, new CanaryProblem("denied", false))), Cancellation);

        await sentinel.TakeAsync(Denied(calls[0], "a").Utf8(), Denied(calls[1], "b").Utf8());

        (await sentinel.RatesAsync()).ShouldBeEmpty();
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Copied_nonce_does_not_pass_for_a_canary()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var call = await SendAsync(sentinel, bed, "ours");
        await ComeBackAsync(sentinel, call, bed, "ours");

        await sentinel.TakeAsync(
            Record(call, "copied", Noon.AddSeconds(31)).Utf8(),
            Record(call, "decrypt", Noon).With(record => record["eventName"] = "Decrypt").Utf8(),
            Record(call, "made up", Noon).With(record => record["requestParameters"]!["encryptionContext"]!["kmslab:nonce"] = "x").Utf8());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(3);
    }

    [Fact]
    public async Task Signed_canary_needs_its_proof()
    {
        var (pem, _) = AttestationKeys.Create();
        await using var bed = await BedAsync();
        bed.Options.Canary.SigningKey = pem;
        var sentinel = bed.Start();
        var call = await SendAsync(sentinel, bed, "ours");
        using var signer = new AttestationSigner("canary", pem, bed.Time);
        var proof = signer.Sign(new AttestedCall("Encrypt", [CanaryKey], new EncryptionContext(CanarySender.ContextOf(call))), "canary").ToString();

        await sentinel.TakeAsync(Record(call, "other").Utf8(), Record(call, "retry").With(record => record["userAgent"] = $"sdk {proof} m/b").Utf8());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
    }

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

    [Fact]
    public async Task Source_that_is_not_read_misses_no_canary()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await SendAsync(sentinel, bed, "1");
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());

        bed.Time.Advance(LateAfter * 5);

        (await Watch(sentinel, bed).LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Canary_whose_outcome_nobody_knows_is_not_missed_and_counts_if_it_comes()
    {
        await using var bed = await BedAsync();
        var call = await IssueAsync(bed.Start(), bed);

        var sentinel = bed.Start();
        await AdvanceAsync(sentinel, bed, LateAfter * 2);
        (await Watch(sentinel, bed).LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldBeNull();

        await sentinel.TakeAsync(Record(call, "whatever").Utf8());
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        sentinel.Status.Watermark!.Value.Known.ShouldBe(Noon - bed.Options.AllowedLateness);
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

    [Fact]
    public async Task Gap_is_said_once_when_later_canaries_came_and_this_one_is_in_the_event_history_only()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var watch = Watch(sentinel, bed);
        var lost = await SendAsync(sentinel, bed, "1");
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        var next = await SendAsync(sentinel, bed, "2");
        await sentinel.TakeAsync(Record(next, "2", next.CalledAt).Utf8());
        await AdvanceAsync(sentinel, bed, BlindedAfter);
        (await watch.HistoryNeededFromAsync(Cancellation)).ShouldNotBeNull().ShouldBeLessThan(lost.CalledAt);
        await sentinel.Pipeline.TakeAsync(new Turn.Page(CanaryStore.History, [new(Record(lost, "1").Utf8(), "")]), Cancellation);

        var turn = (await watch.LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldNotBeNull();
        await sentinel.Pipeline.TakeAsync(turn, Cancellation);

        turn.Findings.ShouldHaveSingleItem().Detail.ShouldContain("the trail was cut for that time");
        (await Watch(bed.Start(), bed).LookAsync(bed.Time.GetUtcNow(), Cancellation)).ShouldBeNull();
        (await watch.HistoryNeededFromAsync(Cancellation)).ShouldBeNull();
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

    private async Task<SentinelBed> BedAsync(DatabaseProvider provider = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.Canary.KeyId = CanaryKey;
        bed.Options.Delivery.LateAfter = LateAfter;
        bed.Options.Delivery.BlindedAfter = BlindedAfter;
        return bed;
    }

    private static async Task<CanaryCall> IssueAsync(SentinelProcess sentinel, SentinelBed bed)
    {
        CanaryCall? call = null;
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => call = memory.Know<CanaryStore>().Issue(CanaryKey, bed.Time.GetUtcNow())), Cancellation);
        return call!;
    }

    private static async Task<CanaryCall> SendAsync(SentinelProcess sentinel, SentinelBed bed, string requestId)
    {
        var call = await IssueAsync(sentinel, bed);
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<CanaryStore>().Ended(call.Sequence, requestId, null)), Cancellation);
        return call;
    }

    /// <summary>The source brings the canary's record in a complete read.</summary>
    private static async Task ComeBackAsync(SentinelProcess sentinel, CanaryCall call, SentinelBed bed, string requestId)
    {
        await sentinel.TakeAsync(Record(call, requestId, call.CalledAt).Utf8());
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
    }

    /// <summary>Time passes, and a complete read brings nothing.</summary>
    private static Task AdvanceAsync(SentinelProcess sentinel, SentinelBed bed, TimeSpan by)
    {
        bed.Time.Advance(by);
        return sentinel.CompleteAsync(bed.Time.GetUtcNow());
    }

    private static Task CompleteAsync(SentinelProcess sentinel, string source, DateTimeOffset at) => sentinel.Pipeline.TakeAsync(new Turn.ReadEnd(source, at), Cancellation);

    private static async Task LookAsync(SentinelProcess sentinel, CanaryWatch watch, SentinelBed bed)
    {
        if (await watch.LookAsync(bed.Time.GetUtcNow(), Cancellation) is { } turn)
            await sentinel.Pipeline.TakeAsync(turn, Cancellation);
    }

    private static Task<CanaryStore> Store(SentinelProcess sentinel) => sentinel.Pipeline.KnowAsync<CanaryStore>(Cancellation);

    private static CanaryWatch Watch(SentinelProcess sentinel, SentinelBed bed) =>
        new(sentinel.Pipeline, new([SentinelBed.Source]), new CanaryState(), bed.Options.Canary, bed.Options.Delivery, bed.Options.Turns);

    private static JsonObject Record(CanaryCall call, string requestId, DateTimeOffset? at = null) => TestRecords.Decrypt(at ?? Noon).With(record =>
    {
        record["eventName"] = "Encrypt";
        record["requestID"] = requestId;
        record["requestParameters"]!["encryptionContext"] = new JsonObject
        {
            [CanaryStore.SequenceName] = call.Sequence.ToString(CultureInfo.InvariantCulture),
            [CanaryStore.NonceName] = call.Nonce,
        };
        record["resources"]![0]!["ARN"] = CanaryKey;
    });

    private static JsonObject Denied(CanaryCall call, string requestId) => Record(call, requestId).With(record =>
    {
        record["errorCode"] = "AccessDenied";
        record["requestParameters"] = null;
        record.Remove("resources");
    });

    private sealed class Named(string name) : IRecordSource
    {
        public string Name => name;

        public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
