using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>The guard's baseline on either database, under a clock that the test moves.</summary>
public sealed class TrailGuardTests(PostgresCluster cluster)
{
    private const string Trail = "arn:aws:cloudtrail:us-east-1:000000000000:trail/main";
    private const string Group = "log-group:test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task First_sight_is_accepted_and_a_departure_lasts_across_restarts_and_looks_that_see_nothing_until_it_is_put_back(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        await LookAsync(bed, new(Trail, GuardAspect.Bucket, "good"), new(Trail, GuardAspect.Logging, "yes"));
        (await DeparturesAsync(bed)).ShouldBeEmpty();

        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(bed, new(Trail, GuardAspect.Bucket, "bad"), new(Trail, GuardAspect.Logging, "no"));
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(bed);

        var departures = await DeparturesAsync(bed);
        departures.Select(fact => fact.Departure).ShouldBe([$"bucket of {Trail} is bad, was good", $"the trail {Trail} does not log"], ignoreOrder: true);
        departures.ShouldAllBe(fact => fact.Since == TestRecords.Noon.AddMinutes(1));

        await LookAsync(bed, new(Trail, GuardAspect.Bucket, "good"), new(Trail, GuardAspect.Logging, "yes"));
        (await DeparturesAsync(bed)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(GuardAspect.Logging, "no")]
    [InlineData(GuardAspect.KmsEvents, "reads are left out")]
    [InlineData(GuardAspect.Exists, "no")]
    [InlineData(GuardAspect.LogsError, "AccessDenied")]
    public async Task Some_states_are_a_departure_at_first_sight(string aspect, string value)
    {
        await using var bed = await BedAsync();

        await LookAsync(bed, new GuardFact(Trail, aspect, value));

        (await DeparturesAsync(bed)).ShouldHaveSingleItem().Aspect.ShouldBe(aspect);
    }

    [Theory]
    [InlineData("30", "29", 1)]
    [InlineData("30", "30", 0)]
    [InlineData("30", "31", 0)]
    [InlineData("30", GuardAspect.Never, 0)]
    [InlineData(GuardAspect.Never, "3653", 1)]
    public async Task Retention_departs_only_when_it_is_shorter(string before, string after, int departures)
    {
        await using var bed = await BedAsync();
        await LookAsync(bed, new GuardFact(Group, GuardAspect.Retention, before));

        await LookAsync(bed, new GuardFact(Group, GuardAspect.Retention, after));

        (await DeparturesAsync(bed)).Count.ShouldBe(departures);
    }

    [Theory]
    [InlineData("denied", "denied", 0)]
    [InlineData("allowed", "denied", 1)]
    [InlineData("denied", "allowed", 0)]
    public async Task Denial_of_a_call_that_was_allowed_before_is_a_departure(string before, string after, int departures)
    {
        await using var bed = await BedAsync();
        await LookAsync(bed, new GuardFact(Trail, "cloudtrail:GetTrailStatus", before));

        await LookAsync(bed, new GuardFact(Trail, "cloudtrail:GetTrailStatus", after));

        (await DeparturesAsync(bed)).Count.ShouldBe(departures);
    }

    [Fact]
    public async Task Accepted_change_is_the_new_baseline_and_one_that_came_after_it_was_shown_is_not()
    {
        await using var bed = await BedAsync();
        await LookAsync(bed, new(Trail, GuardAspect.Bucket, "old"), new(Trail, GuardAspect.Role, "old"), new(Group, GuardAspect.Exists, "no"), new(Group, GuardAspect.Retention, "30"));
        await LookAsync(bed, new(Trail, GuardAspect.Bucket, "new"), new(Trail, GuardAspect.Role, "newest"));
        var acceptance = new GuardAcceptance(
            "1", TestRecords.Noon, "me", "moved", [new(Trail, GuardAspect.Bucket, "new"), new(Trail, GuardAspect.Role, "new"), new(Group, GuardAspect.Exists, "no")]);

        await bed.Start().Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GuardStore>().Accept(acceptance)), Cancellation);

        (await DeparturesAsync(bed)).ShouldHaveSingleItem().Aspect.ShouldBe(GuardAspect.Role);
        (await bed.Start().Pipeline.KnowAsync<GuardStore>(Cancellation)).Facts.ShouldNotContain(fact => fact.Resource == Group, "nobody waits for what is accepted to be gone");
    }

    [Fact]
    public async Task Acceptance_does_not_cover_the_same_change_made_again_later()
    {
        await using var bed = await BedAsync();
        await LookAsync(bed, new GuardFact(Trail, GuardAspect.Logging, "yes"));
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(bed, new GuardFact(Trail, GuardAspect.Logging, "no"));
        var acceptance = new GuardAcceptance("1", bed.Time.GetUtcNow().AddMilliseconds(-1), "me", "planned", [new(Trail, GuardAspect.Logging, "no")]);

        await bed.Start().Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GuardStore>().Accept(acceptance)), Cancellation);

        (await DeparturesAsync(bed)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Key_that_is_watched_no_more_is_forgotten()
    {
        await using var bed = await BedAsync();
        await WatchAsync(bed, [TestRecords.KeyArn], new GuardFact(TestRecords.KeyArn, GuardAspect.KeyState, "Enabled"));
        await WatchAsync(bed, [TestRecords.KeyArn], new GuardFact(TestRecords.KeyArn, GuardAspect.KeyState, "Disabled"));
        (await DeparturesAsync(bed)).ShouldHaveSingleItem().Departure.ShouldBe($"the key {TestRecords.KeyArn} is Disabled, was Enabled");

        await WatchAsync(bed, []);

        (await DeparturesAsync(bed)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Refusals_of_the_guards_own_calls_are_counted_and_raise_nothing(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        await bed.Start().Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<OwnRefusals>().Note(["own-1", "own-2"], bed.Time.GetUtcNow())), Cancellation);

        var sentinel = bed.Start();
        await sentinel.TakeAsync(Refused("own-1"), Refused("own-2"), Refused("other"));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(3);

        await sentinel.TakeAsync(Refused("another"));
        (await sentinel.AlarmAsync()).EvidenceTotal.ShouldBe(2);
    }

    private static byte[] Refused(string requestId) => TestRecords.Denied().With(record => record["requestID"] = requestId).Utf8();

    private static Task LookAsync(SentinelBed bed, params GuardFact[] facts) => WatchAsync(bed, [Group], facts);

    /// <summary>A look by a process that starts for it.</summary>
    private static Task WatchAsync(SentinelBed bed, string[] resources, params GuardFact[] facts) => bed.Start().Pipeline.TakeAsync(
        new Turn.OwnWork(memory => memory.Know<GuardStore>().Take(
            new GuardReport(facts, resources.ToHashSet(), []), memory.Know<ProtectedKeys>().SetOf, bed.Time.GetUtcNow())),
        Cancellation);

    private static async Task<List<GuardedFact>> DeparturesAsync(SentinelBed bed) => [.. (await bed.Start().Pipeline.KnowAsync<GuardStore>(Cancellation)).Departures];

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
}
