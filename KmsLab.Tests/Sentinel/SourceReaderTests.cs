using System.Runtime.CompilerServices;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>How far back is read, when, and what a failure does.</summary>
public sealed class SourceReaderTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Head = TimeSpan.FromMinutes(15);

    /// <summary>Further back than a head reaches that is read each minute.</summary>
    private static readonly TimeSpan Beyond = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Head_is_read_each_time_and_the_deepest_sweep_at_start()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time);
        var reader = bed.Start(null, source).Readers[0];

        await reader.ReadAsync(Cancellation);
        bed.Time.Advance(bed.Options.HeadInterval);
        await reader.ReadAsync(Cancellation);

        source.LookBacks.ShouldBe([Head, TimeSpan.FromHours(48), Head + bed.Options.HeadInterval]);
    }

    [Fact]
    public async Task Sweeps_come_when_they_are_due_and_a_deep_one_makes_up_for_the_others()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time);
        var reader = bed.Start(null, source).Readers[0];

        for (var minute = 0; minute <= 24 * 60; minute++)
        {
            await reader.ReadAsync(Cancellation);
            bed.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var sweeps = source.LookBacks.Where(lookBack => lookBack > Head + TimeSpan.FromMinutes(1)).ToList();
        sweeps.Count(lookBack => lookBack == TimeSpan.FromHours(48)).ShouldBe(2);
        sweeps.Count(lookBack => lookBack == TimeSpan.FromHours(6)).ShouldBe(7);
        sweeps.Count.ShouldBe(2 + 7);
    }

    [Fact]
    public async Task Head_never_waits_for_a_long_sweep()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { PagesBeyond = Beyond };
        source.Pages.AddRange(Enumerable.Range(0, 12).Select(_ => new[] { TestRecords.Decrypt(TestRecords.Noon.AddHours(-20)).Utf8() }));
        var sentinel = bed.Start(null, source);

        var counted = new List<long>();
        for (var turn = 0; turn < 4; turn++)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            counted.Add((await sentinel.StatusAsync()).Records.Counted ?? 0);
            bed.Time.Advance(bed.Options.HeadInterval);
        }

        counted.ShouldBe([5, 10, 12, 12]);
        source.LookBacks.Where(lookBack => lookBack > Head + TimeSpan.FromMinutes(1)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_sweep_finds_first_is_late_unless_it_is_the_first_look_at_the_source()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { PagesBeyond = Beyond };
        source.Pages.Add([TestRecords.Decrypt(TestRecords.Noon.AddHours(-20)).Utf8()]);
        var sentinel = bed.Start(null, source);
        await sentinel.Readers[0].ReadAsync(Cancellation);
        (await sentinel.StatusAsync()).Records.Late.ShouldBe(0);

        source.Pages.Add([TestRecords.Decrypt(TestRecords.Noon.AddMinutes(-20)).Utf8()]);
        for (var minute = 0; minute < 180; minute++)
        {
            bed.Time.Advance(TimeSpan.FromMinutes(1));
            await sentinel.Readers[0].ReadAsync(Cancellation);
        }

        await sentinel.Readers[0].ReadAsync(Cancellation);

        var records = (await sentinel.StatusAsync()).Records;
        records.Late.ShouldBe(1);
        records.Counted.ShouldBe(2);
    }

    [Fact]
    public async Task Head_after_a_gap_covers_the_gap()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time);
        await bed.Start(null, source).Readers[0].ReadAsync(Cancellation);

        bed.Time.Advance(TimeSpan.FromHours(3));
        await bed.Start(null, source).Readers[0].ReadAsync(Cancellation);
        bed.Time.Advance(TimeSpan.FromDays(10));
        await bed.Start(null, source).Readers[0].ReadAsync(Cancellation);

        var heads = source.LookBacks.Where((_, index) => index % 2 == 0);
        heads.ShouldBe([Head, Head + TimeSpan.FromHours(3), TimeSpan.FromHours(48)]);
    }

    [Fact]
    public async Task Sweep_that_fails_stays_due()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { PagesBeyond = Beyond, Problem = new HttpRequestException("gone"), ProblemBeyond = Beyond };
        var sentinel = bed.Start(null, source);
        await sentinel.Readers[0].ReadAsync(Cancellation);
        sentinel.Status.Of(source.Name).State.ShouldBe(SourceState.Failing);

        source.Problem = null;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await sentinel.Readers[0].ReadAsync(Cancellation);

        source.LookBacks.ShouldBe([Head, TimeSpan.FromHours(48), Head + TimeSpan.FromMinutes(1), TimeSpan.FromHours(48)]);
    }

    [Fact]
    public async Task Failing_source_backs_off_longer_each_time_up_to_a_minute_and_says_so_once()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { Problem = new HttpRequestException("no route") };
        var sentinel = bed.Start(null, source);

        var attempts = new List<DateTimeOffset>();
        for (var second = 0; second < 600; second++)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            if (source.Reads.Count > attempts.Count)
                attempts.Add(bed.Time.GetUtcNow());
            bed.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var pauses = attempts.Zip(attempts.Skip(1), (a, b) => b - a).ToList();
        pauses.ShouldAllBe(pause => pause <= TimeSpan.FromSeconds(60));
        pauses[^1].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
        pauses.Count.ShouldBeInRange(12, 30);
        var status = sentinel.Status.Of(source.Name);
        status.State.ShouldBe(SourceState.Failing);
        status.FailuresInARow.ShouldBe(attempts.Count);
        status.Problem.ShouldBe("HttpRequestException: no route");
        bed.Messages.Count(message => message.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(1);

        source.Problem = null;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await sentinel.Readers[0].ReadAsync(Cancellation);
        sentinel.Status.Of(source.Name).State.ShouldBe(SourceState.Reading);
    }

    [Fact]
    public async Task Read_that_fails_halfway_keeps_what_it_got_and_is_not_complete()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { Problem = new HttpRequestException("gone") };
        source.Pages.Add([TestRecords.Decrypt().Utf8()]);
        var sentinel = bed.Start(null, source);

        await sentinel.Readers[0].ReadAsync(Cancellation);

        var status = await sentinel.StatusAsync();
        status.Records.Counted.ShouldBe(1);
        status.Watermark.ShouldBeNull();
        status.Sources[0].LastCompleteRead.ShouldBeNull();
    }

    [Fact]
    public async Task Watermark_is_the_start_of_the_last_complete_read_less_the_lateness()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start(null, new ScriptedSource(bed.Time));

        await sentinel.Readers[0].ReadAsync(Cancellation);

        var status = await sentinel.StatusAsync();
        status.Watermark.ShouldBe(TestRecords.Noon - bed.Options.AllowedLateness);
        status.LagSeconds.ShouldBe(5);
    }

    [Fact]
    public async Task Watermark_waits_for_the_slowest_source()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start(null, new ScriptedSource(bed.Time), new ScriptedSource(bed.Time) { Name = "logs:other", Problem = new HttpRequestException("no route") });

        foreach (var reader in sentinel.Readers)
            await reader.ReadAsync(Cancellation);

        (await sentinel.StatusAsync()).Watermark.ShouldBeNull();
    }

    [Fact]
    public async Task Stopping_is_no_failure()
    {
        await using var bed = await BedAsync();
        var source = new ScriptedSource(bed.Time) { Problem = new ObjectDisposedException("client") };
        var sentinel = bed.Start(null, source);
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        await Should.ThrowAsync<Exception>(() => sentinel.Readers[0].ReadAsync(stopping.Token));

        sentinel.Status.Of(source.Name).Failures.ShouldBe(0);
    }

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);

    /// <summary>A source that gives the pages it was told to, and then fails if it was told so.</summary>
    private sealed class ScriptedSource(TimeProvider time) : IRecordSource
    {
        private readonly List<DateTimeOffset> _reads = [];

        public string Name { get; init; } = "logs:scripted";

        public List<byte[][]> Pages { get; } = [];

        /// <summary>Only reads that look further back see the pages.</summary>
        public TimeSpan PagesBeyond { get; init; }

        public Exception? Problem { get; set; }

        /// <summary>Only reads that look further back have the problem.</summary>
        public TimeSpan ProblemBeyond { get; init; }

        public IReadOnlyList<DateTimeOffset> Reads => _reads;

        /// <summary>How far back each read looked.</summary>
        public List<TimeSpan> LookBacks { get; } = [];

        public async IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            _reads.Add(from);
            LookBacks.Add(time.GetUtcNow() - from);
            var lookBack = time.GetUtcNow() - from;
            foreach (var page in lookBack > PagesBeyond ? Pages : [])
                yield return new([.. page.Select(utf8 => new SourceEvent(utf8, "s/1"))]);
            await Task.CompletedTask;
            if (Problem is not null && lookBack > ProblemBeyond)
                throw Problem;
        }
    }
}
