using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.CanaryBed;

namespace KmsLab.Tests.Sentinel;

/// <summary>The canary's store and what goes by it, on either database, under a clock that the test moves.</summary>
public sealed class CanaryTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

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
        var proof = signer.Sign(new AttestedCall("Encrypt", [CanaryKeyArn], new EncryptionContext(CanarySender.ContextOf(call))), "canary").ToString();

        await sentinel.TakeAsync(Record(call, "other").Utf8(), Record(call, "retry").With(record => record["userAgent"] = $"sdk {proof} m/b").Utf8());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
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

    private Task<SentinelBed> BedAsync(DatabaseProvider provider = DatabaseProvider.Sqlite) => CanaryBed.CreateAsync(provider, cluster);

    private sealed class Named(string name) : IRecordSource
    {
        public string Name => name;

        public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
