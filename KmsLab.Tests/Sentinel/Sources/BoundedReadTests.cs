using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>A long head read is taken a slice at a time, goes on where it stopped, and completes the source only at its end.</summary>
public sealed class BoundedReadTests(PostgresCluster cluster)
{
    private const int PageSize = 10;
    private const int PagesASlice = 16;
    private const int Events = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slice_ends_and_the_next_goes_on_with_the_same_read()
    {
        await using var bed = await BedAsync();
        var group = Flood(bed);
        var sentinel = bed.Start(null, group);

        (await sentinel.Readers[0].ReadAsync(Cancellation)).ShouldBe(TimeSpan.Zero, "it is behind");

        (await CountedAsync(sentinel)).ShouldBe(PagesASlice * PageSize);
        (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldBeNull();
        var slices = 1;
        for (; await sentinel.Readers[0].ReadAsync(Cancellation) == TimeSpan.Zero; slices++)
            (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldBeNull();

        slices.ShouldBe((Events / PageSize) / PagesASlice);
        group.Reads.Count(from => from > bed.Time.GetUtcNow().AddHours(-1)).ShouldBe(1);
        (await CountedAsync(sentinel)).ShouldBe(Events);
        (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldBe(TestRecords.Noon);
    }

    [Fact]
    public async Task Restart_in_the_middle_goes_on_at_the_stamp_that_was_reached_and_counts_nothing_twice()
    {
        await using var bed = await BedAsync();
        var group = Flood(bed);
        var first = bed.Start(null, group);
        for (var slice = 0; slice < 3; slice++)
            await first.Readers[0].ReadAsync(Cancellation);
        var counted = await CountedAsync(first);

        bed.Time.Advance(TimeSpan.FromMinutes(2));
        group.Reads.Clear();
        var second = bed.Start(null, group);
        await second.Readers[0].ReadAsync(Cancellation);

        group.Reads[0].ShouldBeGreaterThan(TestRecords.Noon.AddMinutes(-5));
        (await CountedAsync(second)).ShouldBeGreaterThan(counted);
        while (await second.Readers[0].ReadAsync(Cancellation) == TimeSpan.Zero)
        {
        }

        (await CountedAsync(second)).ShouldBe(Events);
        (await second.StatusAsync()).Sources[0].LastCompleteRead.ShouldBe(TestRecords.Noon, "the pass was begun then");
        (await bed.RowsAsync("SELECT source FROM read_position")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_that_breaks_off_goes_on_at_the_stamp_that_was_reached()
    {
        await using var bed = await BedAsync();
        var group = Flood(bed);
        var sentinel = bed.Start(null, group);
        group.BreaksAfter = 12;
        await sentinel.Readers[0].ReadAsync(Cancellation);
        sentinel.Status.Of(group.Name).State.ShouldBe(SourceState.Failing);

        group.BreaksAfter = null;
        group.Reads.Clear();
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        do
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
        }
        while ((await sentinel.StatusAsync()).Sources[0].LastCompleteRead is null);

        group.Reads[0].ShouldBeGreaterThan(TestRecords.Noon.AddMinutes(-5));
        (await CountedAsync(sentinel)).ShouldBe(Events);
    }

    [Fact]
    public async Task Source_that_grows_as_fast_as_it_is_read_is_complete_all_the_same()
    {
        await using var bed = await BedAsync();
        var group = new LogGroupModel(bed.Time, PageSize);
        var sentinel = bed.Start(null, group);

        for (var round = 0; round < 40; round++)
        {
            group.Add(Enumerable.Range(0, PagesASlice * PageSize * 2).Select(n => Event(bed.Time.GetUtcNow().AddMilliseconds(n))));
            bed.Time.Advance(TimeSpan.FromSeconds(5));
            await sentinel.Readers[0].ReadAsync(Cancellation);
        }

        (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_concerns_protected_keys_is_read_before_a_head_that_is_behind()
    {
        await using var bed = await BedAsync();
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        var group = Flood(bed);
        var sentinel = bed.Start(null, group);
        await sentinel.Readers[0].ReadAsync(Cancellation);
        group.NarrowReads.ShouldBe(0);

        var attack = Event(bed.Time.GetUtcNow());
        group.Add([attack]);
        group.OfKeys = item => item == attack;
        await sentinel.Readers[0].ReadAsync(Cancellation);

        group.HandedOut.ShouldContainKey(attack);
        (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldBeNull();
    }

    private static LogGroupModel Flood(SentinelBed bed)
    {
        var group = new LogGroupModel(bed.Time, PageSize);
        group.Add(Enumerable.Range(0, Events).Select(n => Event(TestRecords.Noon.AddMinutes(-5).AddMilliseconds(n * 200))));
        return group;
    }

    private static ModelledEvent Event(DateTimeOffset at) => new(at, at, TestRecords.Decrypt(at, role: TestRecords.RoleArn).Utf8());

    private static async Task<long> CountedAsync(SentinelProcess sentinel) => (await sentinel.StatusAsync()).Records.Counted ?? 0;

    private async Task<SentinelBed> BedAsync()
    {
        var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["decrypt-rate-threshold"] = new() { Mode = KmsLab.Sentinel.Detections.DetectionMode.Off };
        return bed;
    }
}
