using CsCheck;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>How far back the head looks once it is known how late records come, and that nothing is lost by it.</summary>
public sealed class NarrowedReadTests(PostgresCluster cluster)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Seconds from the call to the delivery, of most records and of stragglers; and whether all is held up for a while.</summary>
    private static readonly Gen<(int Usual, int[] Late, int HeldFrom, int HeldFor)> Deliveries =
        from usual in Gen.Int[0, 400]
        from late in Gen.Int[0, 40_000].Array[0, 5]
        from heldFrom in Gen.Int[0, 1500]
        from heldFor in Gen.Int[0, 900]
        select (usual, late, heldFrom, heldFor);

    [Fact]
    public Task Whatever_the_delays_every_record_counts_once() => Deliveries.SampleAsync(
        async delivery =>
        {
            await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
            var random = new Random(delivery.Usual);
            var group = new LogGroupModel(bed.Time, 500);
            var start = bed.Time.GetUtcNow();
            group.Add(Enumerable.Range(0, 360).Select(n => Event(start.AddSeconds(n * 5), delivery.Usual == 0 ? 0 : random.Next(delivery.Usual), delivery.HeldFrom, delivery.HeldFor, start)));
            group.Add(delivery.Late.Select((late, n) => Event(start.AddSeconds(n * 300), late, 0, 0, start)));
            var reader = bed.Start(null, group);

            for (var second = 0; second < 3600; second += (int)Step.TotalSeconds)
            {
                await reader.Readers[0].ReadAsync(Cancellation);
                bed.Time.Advance(Step);
            }

            // Sweeps find the stragglers, whenever they come.
            for (var minute = 0; minute < 30 * 60; minute += 10)
            {
                await reader.Readers[0].ReadAsync(Cancellation);
                bed.Time.Advance(TimeSpan.FromMinutes(10));
            }

            (await reader.StatusAsync()).Records.Counted.ShouldBe(360 + delivery.Late.Length);
        },
        iter: 8, threads: 1);

    [Theory]
    [InlineData(2, 14)]
    [InlineData(30, 14)]
    [InlineData(300, 14)]
    public async Task Record_is_read_fewer_than_twenty_times_with_the_deep_sweeps(int lag, int reads)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.AllowedLateness = TimeSpan.FromMinutes(15);
        var group = new LogGroupModel(bed.Time, 5000);
        var start = bed.Time.GetUtcNow();
        var events = Enumerable.Range(0, 4 * 720).Select(n => Event(start.AddSeconds(n * 5), lag, 0, 0, start)).ToList();
        group.Add(events);
        var sentinel = bed.Start(null, group);
        for (var second = 0; second < 4 * 3600; second += (int)Step.TotalSeconds)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            bed.Time.Advance(Step);
        }

        // Those of the second hour: by then it is known how late records come, and they are older than the head and the full passes look back.
        var average = events.Skip(720).Take(720).Average(item => group.HandedOut[item]);
        TestContext.Current.TestOutputHelper!.WriteLine($"a lag of {lag} s: {average:0.0} reads");
        average.ShouldBeLessThan(reads, "beside the sweep of 48 hours, which reads a record twice");
        ((await sentinel.StatusAsync()).Records.Counted ?? 0).ShouldBeGreaterThan(4 * 720 - 200);
    }

    [Fact]
    public async Task Watermark_waits_for_a_pass_that_looks_back_as_far_as_records_may_be_late()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.AllowedLateness = TimeSpan.FromMinutes(15);
        var group = new LogGroupModel(bed.Time, 5000);
        var start = bed.Time.GetUtcNow();
        group.Add(Enumerable.Range(0, 720).Select(n => Event(start.AddSeconds(n * 5), 1, 0, 0, start)));
        var sentinel = bed.Start(null, group);
        var completed = new List<DateTimeOffset?>();
        for (var second = 0; second < 3600; second += (int)Step.TotalSeconds)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            completed.Add(await sentinel.Pipeline.LastCompleteReadAsync(group.Name, Cancellation));
            bed.Time.Advance(Step);
        }

        var steps = completed.OfType<DateTimeOffset>().Distinct().ToList();
        var known = steps.Where(step => step > start.AddMinutes(10)).ToList();
        var gaps = known.Zip(known.Skip(1), (one, next) => next - one).ToList();
        gaps.ShouldNotBeEmpty();
        gaps.ShouldAllBe(gap => gap >= TimeSpan.FromMinutes(2) && gap <= TimeSpan.FromMinutes(4));
        group.Reads.Count(from => from > start).ShouldBeGreaterThan(400, "the narrowed heads");
    }

    [Fact]
    public async Task Head_goes_on_at_its_interval_when_it_becomes_known_how_late_records_come()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var group = new LogGroupModel(bed.Time, 5000);
        var start = bed.Time.GetUtcNow();
        group.Add(Enumerable.Range(0, 120).Select(n => Event(start.AddSeconds(n * 5), 1, 0, 0, start)));
        var sentinel = bed.Start(null, group);
        for (var second = 0; second < 600; second += (int)Step.TotalSeconds)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            (await sentinel.StatusAsync()).Sources[0].LastCompleteRead.ShouldBe(bed.Time.GetUtcNow());
            bed.Time.Advance(Step);
        }
    }

    private static ModelledEvent Event(DateTimeOffset at, int lag, int heldFrom, int heldFor, DateTimeOffset start)
    {
        var ingested = at.AddSeconds(lag);
        var heldUntil = start.AddSeconds(heldFrom + heldFor);
        if (ingested > start.AddSeconds(heldFrom) && ingested < heldUntil)
            ingested = heldUntil;
        return new(at, ingested, TestRecords.Decrypt(at).Utf8());
    }
}
