using CsCheck;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>What is learned, in the database: the same whatever the order, the pages, the restarts and the crashes.</summary>
public sealed class BaselineStateTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Start = TestRecords.Noon.AddHours(12);

    private static readonly string[] Tables =
    [
        "SELECT detection, group_key, first_at, active_at, learned_to, model FROM baseline ORDER BY detection, group_key",
        "SELECT b.detection, b.group_key, c.at, c.records FROM baseline_count c JOIN baseline b ON b.id = c.baseline_id ORDER BY b.detection, b.group_key, c.at",
        "SELECT detection, bucket, learned_to FROM baseline_cursor ORDER BY detection",
        "SELECT set_name, principal, first_at FROM set_principal ORDER BY set_name, principal",
        "SELECT r.principal, v.value, v.last_day, v.days FROM reader_record v JOIN reader r ON r.id = v.reader_id ORDER BY r.principal, v.value",
    ];

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, 5)]
    [InlineData(DatabaseProvider.PostgreSql, 2)]
    public Task Any_order_within_the_lateness_and_any_restart_learns_what_the_clean_run_learns(DatabaseProvider provider, long samples) =>
        Scenario.Gen.SampleAsync(
            async scenario =>
            {
                var clean = await LearnedAsync(provider, scenario, rough: false);
                clean.Count(line => line.StartsWith("decrypt-rate-anomaly", StringComparison.Ordinal)).ShouldBeGreaterThan(1);
                (await LearnedAsync(provider, scenario, rough: true)).ShouldBe(clean);
            },
            iter: samples,
            threads: 1);

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Baseline_outlives_restarts_and_its_band_stands_in_the_alarm(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        for (var day = 0; day < 16; day++)
        {
            var sentinel = bed.Start();
            await sentinel.TakeAsync(Enumerable.Range(0, 4).Select(record => Read(Start.AddDays(day).AddHours(9).AddMinutes(record), $"r{record}")));
            await CompleteAsync(bed, sentinel, Start.AddDays(day + 1));
        }

        var attacked = bed.Start();
        await attacked.TakeAsync(Enumerable.Range(0, 50).Select(record => Read(Start.AddDays(16).AddHours(9).AddSeconds(record), $"r{record % 4}")));

        var alarm = await bed.Start().AlarmAsync();
        alarm.Detection.ShouldBe("decrypt-rate-anomaly");
        alarm.Threshold.ShouldBe(50);
        alarm.Expected.ShouldNotBeNull().High.ShouldBeInRange(4, 40);
        alarm.Expected.Basis.ShouldBe("15 days of this group, for Thursdays at 09:00 UTC");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Baselines_of_a_multi_Region_key_that_were_learned_for_its_Regions_go_over_to_the_family(DatabaseProvider provider)
    {
        const string Primary = "arn:aws:kms:us-east-1:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        const string Replica = "arn:aws:kms:eu-west-1:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        await using var bed = await BedAsync(provider);
        byte[] ReadOf(string key, int day) =>
            TestRecords.Decrypt(Start.AddDays(day).AddHours(9)).With(record => record["resources"] = new System.Text.Json.Nodes.JsonArray(TestRecords.Resource(key))).Utf8();
        var sentinel = bed.Start();
        for (var day = 0; day < 3; day++)
        {
            await sentinel.TakeAsync(ReadOf(TestRecords.OtherKeyArn, day), ReadOf(TestRecords.OtherKeyArn.Replace("0987", "1987", StringComparison.Ordinal), day + (day > 1 ? 0 : 1)));
            await CompleteAsync(bed, sentinel, Start.AddDays(day + 1));
        }

        // As a Sentinel wrote it that took each Region's key for another one.
        foreach (var (was, now) in ((string, string)[])[(TestRecords.OtherKeyArn, Primary), (TestRecords.OtherKeyArn.Replace("0987", "1987", StringComparison.Ordinal), Replica)])
            await bed.ExecuteAsync($"UPDATE baseline SET members = replace(members, '{was}', '{now}'), group_key = replace(group_key, '{was}', '{now}')");
        const string Rows = "SELECT members, first_at FROM baseline WHERE detection = 'decrypt-rate-anomaly' AND members LIKE '%mrk-%'";
        (await bed.RowsAsync(Rows)).Count.ShouldBe(2);

        sentinel = bed.Start();
        await sentinel.TakeAsync(ReadOf(Replica, 3));
        await CompleteAsync(bed, sentinel, Start.AddDays(4));

        var row = (await bed.RowsAsync(Rows)).ShouldHaveSingleItem();
        row.ShouldContain("arn:aws:kms:*:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab");
        row.ShouldContain(Start.AddHours(9).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), Case.Sensitive, "the one that was known longer");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Record_after_its_hour_was_learned_is_counted_and_not_learned(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read(Start, "a"));
        await CompleteAsync(bed, sentinel, Start.AddDays(1));
        var learned = await bed.RowsAsync("SELECT model FROM baseline WHERE detection = 'decrypt-rate-anomaly'");

        await sentinel.TakeAsync(Read(Start.AddMinutes(1), "a"), Read(Start.AddMinutes(2), "a"));

        (await bed.RowsAsync("SELECT model FROM baseline WHERE detection = 'decrypt-rate-anomaly'")).ShouldBe(learned);
        (await bed.RowsAsync("SELECT c.records FROM baseline_count c JOIN baseline b ON b.id = c.baseline_id WHERE b.detection = 'decrypt-rate-anomaly'")).ShouldBe(["3"]);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Query_tells_what_is_expected_and_what_was_seen(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        var sentinel = bed.Start();
        for (var day = 0; day < 9; day++)
        {
            await sentinel.TakeAsync(Enumerable.Range(0, 4).Select(record => Read(Start.AddDays(day).AddHours(9).AddMinutes(record), $"r{record}")));
            await CompleteAsync(bed, sentinel, Start.AddDays(day + 1));
        }

        var query = bed.Baselines();
        var baseline = (await query.ReadAsync(new("vault", TestRecords.RoleArn, null, null), TestContext.Current.CancellationToken)).ShouldNotBeNull();

        baseline.Judges.ShouldBeTrue();
        baseline.LearnedTo.ShouldBe(Start.AddDays(9).AddHours(-7));
        baseline.Points.Count.ShouldBe((8 * 24) + 1);
        baseline.Points.Where(point => point.Observed > 0).Select(point => (point.Start, point.Observed)).ShouldBe(Enumerable.Range(2, 7).Select(day => (Start.AddDays(day).AddHours(9), (long?)4)));
        baseline.Points.Where(point => point.Start > Start.AddDays(9)).ShouldAllBe(point => point.Observed == null);
        baseline.Points.Single(point => point.Start == Start.AddDays(9).AddHours(9)).High.ShouldBeGreaterThan(4);

        (await query.ReadAsync(new("vault", TestRecords.RoleArn, null, "decrypt-spread"), TestContext.Current.CancellationToken)).ShouldNotBeNull().Seconds.ShouldBe(86_400);
        (await query.ReadAsync(new("vault", "nobody", null, null), TestContext.Current.CancellationToken)).ShouldBeNull();
        (await query.ReadAsync(new("vault", TestRecords.RoleArn, null, "kms-error-burst"), TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Window_of_another_length_begins_to_learn_anew()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read(Start, "a"));
        await CompleteAsync(bed, sentinel, Start.AddDays(1));

        bed.Options.Detections["decrypt-rate-anomaly"] = new() { Window = TimeSpan.FromMinutes(30) };
        sentinel = bed.Start();
        await CompleteAsync(bed, sentinel, Start.AddDays(1).AddHours(1));

        (await bed.RowsAsync("SELECT id FROM baseline WHERE detection = 'decrypt-rate-anomaly'")).ShouldBeEmpty();
        (await bed.RowsAsync("SELECT bucket FROM baseline_cursor WHERE detection = 'decrypt-rate-anomaly'")).ShouldBe(["1800000"]);
        (await bed.RowsAsync("SELECT id FROM baseline WHERE detection = 'decrypt-spread'")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Record_of_an_absurd_time_stops_nothing()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read(Start, "a"), Read(DateTimeOffset.MaxValue, "b"), Read(DateTimeOffset.MaxValue, "b", "arn:aws:iam::1:role/other"));
        await CompleteAsync(bed, sentinel, Start.AddDays(1));

        (await bed.RowsAsync("SELECT id FROM baseline WHERE detection = 'decrypt-rate-anomaly'")).ShouldNotBeEmpty();
        await bed.Start().TakeAsync(Read(Start.AddDays(1), "a"));
    }

    [Fact]
    public async Task What_a_detection_does_not_count_is_not_learned()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        bed.Options.Detections["decrypt-rate-anomaly"] = new() { Suppressions = { ["scan"] = new() { Pattern = "{ $.sourceIPAddress = \"192.0.2.10\" }", Reason = "our scanner" } } };
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read(Start, "a"));

        (await bed.RowsAsync("SELECT id FROM baseline WHERE detection = 'decrypt-rate-anomaly'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Records_read_longer_ago_than_is_remembered_are_forgotten_with_their_readers()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read(Start, "a"));
        for (var day = 1; day <= 33; day++)
            await CompleteAsync(bed, sentinel, Start.AddDays(day));

        (await bed.RowsAsync("SELECT value FROM reader_record")).ShouldBeEmpty();
        (await bed.RowsAsync("SELECT id FROM reader")).ShouldBeEmpty();
    }

    private static async Task CompleteAsync(SentinelBed bed, SentinelProcess sentinel, DateTimeOffset at)
    {
        bed.Time.SetUtcNow(at);
        await sentinel.CompleteAsync(at);
    }

    private async Task<IReadOnlyList<string>> LearnedAsync(DatabaseProvider provider, Scenario scenario, bool rough)
    {
        await using var bed = await BedAsync(provider);
        var sentinel = bed.Start();
        foreach (var (day, index) in scenario.Days.Select((day, index) => (day, index)))
        {
            if (rough && day.Crash is { } crash)
                await CrashAsync(bed.Start(crash), day.Pages);
            if (rough && (day.Crash is not null || day.Restarts))
                sentinel = bed.Start();
            foreach (var page in rough ? day.Pages : [day.Records])
                await sentinel.TakeAsync(page);
            await CompleteAsync(bed, sentinel, Start.AddDays(index + 1));
        }

        var rows = new List<string>();
        foreach (var table in Tables)
            rows.AddRange(await bed.RowsAsync(table));
        return rows;
    }

    private static async Task CrashAsync(SentinelProcess sentinel, byte[][][] pages)
    {
        try
        {
            foreach (var page in pages)
                await sentinel.TakeAsync(page);
        }
        catch (SimulatedCrashException)
        {
        }
    }

    private async Task<SentinelBed> BedAsync(DatabaseProvider provider)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        bed.Options.Baselines.MinimumHistory = TimeSpan.FromDays(7);
        bed.Time.SetUtcNow(Start);
        return bed;
    }

    private static byte[] Read(DateTimeOffset at, string record, string role = TestRecords.RoleArn) =>
        TestRecords.Decrypt(at, role: role).With(r => r["requestParameters"]!["encryptionContext"]!["r"] = record).Utf8();

    /// <summary>A day's records in the order of their making, and how they come: shuffled, on pages, some twice, with a restart or a crash.</summary>
    private sealed record DayPlan(byte[][] Records, byte[][][] Pages, bool Restarts, CrashPlan? Crash);

    private sealed record Scenario(DayPlan[] Days)
    {
        private const int Count = 15;

        public static Gen<Scenario> Gen { get; } = Enumerable.Range(0, Count).Select(Day)
            .Aggregate(CsCheck.Gen.Const(Array.Empty<DayPlan>()), (days, day) => days.SelectMany(_ => day, (all, one) => all.Append(one).ToArray()))
            .Select(days => new Scenario(days));

        private static Gen<byte[]> Record(int day) =>
            from second in CsCheck.Gen.Int[0, 86_399]
            from record in CsCheck.Gen.Int[0, 9]
            from role in CsCheck.Gen.Int[0, 2]
            select Read(Start.AddDays(day).AddSeconds(second), $"r{record}", $"arn:aws:iam::1:role/r{role}");

        private static Gen<DayPlan> Day(int day) =>
            from records in Record(day).Array[0, 8]
            from twice in CsCheck.Gen.Int[0, 3]
            from order in CsCheck.Gen.Shuffle(records.Concat(records.Take(twice)).ToArray())
            from size in CsCheck.Gen.Int[1, 5]
            from restarts in CsCheck.Gen.Bool
            from crash in CsCheck.Gen.Int[0, 4]
            from step in CsCheck.Gen.Enum<TurnStep>()
            select new DayPlan(records, [.. order.Chunk(size)], restarts, crash == 0 ? new CrashPlan(step, 1) : null);
    }
}
