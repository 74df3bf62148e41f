using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>What becomes of rates as they age. Noon is the time of the calls.</summary>
public sealed class RatePruningTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static readonly string Role = TestRecords.RoleArn;

    public static TheoryData<DatabaseProvider> Databases { get; } = new(DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Minutes_become_hours_after_two_days_and_no_call_is_lost(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(
            TestRecords.Decrypt(Noon).Utf8(), TestRecords.Decrypt(Noon.AddMinutes(30)).Utf8(), TestRecords.Decrypt(Noon.AddMinutes(59)).Utf8(),
            TestRecords.Decrypt(Noon.AddMinutes(60)).Utf8(), TestRecords.WrongKey(Noon.AddMinutes(1)).Utf8());

        bed.Time.SetUtcNow(Noon.AddHours(49));
        await PruneAsync(sentinel);

        (await sentinel.RatesAsync()).ShouldBe(
        [
            $"90ab|{Role}|Decrypt|InvalidCiphertextException||12:00:00+3600=1",
            $"90ab|{Role}|Decrypt|Success||12:00:00+3600=3",
            $"90ab|{Role}|Decrypt|Success||13:00:00+60=1",
        ]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Late_record_and_correction_reach_the_hour_that_is_added_up_already(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddMinutes(5), eventId: "original").Utf8(), TestRecords.Decrypt(Noon.AddMinutes(6)).Utf8());
        bed.Time.SetUtcNow(Noon.AddHours(49));
        await PruneAsync(sentinel);

        await sentinel.TakeAsync(
            TestRecords.Decrypt(Noon.AddMinutes(7)).Utf8(),
            TestRecords.Decrypt(Noon.AddMinutes(5), "AccessDenied").With(record => record["addendum"] = new System.Text.Json.Nodes.JsonObject
            {
                ["reason"] = "UPDATED_DATA",
                ["originalEventID"] = "original",
            }).Utf8());
        bed.Time.SetUtcNow(Noon.AddHours(50));
        await PruneAsync(sentinel);

        (await sentinel.RatesAsync()).ShouldBe(
        [
            $"90ab|{Role}|Decrypt|AccessDenied||12:00:00+3600=1",
            $"90ab|{Role}|Decrypt|Success||12:00:00+3600=2",
        ]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Hours_and_their_series_go_after_a_month_and_numbers_are_not_given_again(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.MaxSeries = 2;
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("one", Noon), Call("two", Noon));

        for (var hours = 0; hours < (30 * 24) + 12; hours += 6)
        {
            bed.Time.SetUtcNow(Noon.AddHours(hours));
            await sentinel.TakeAsync(Call("two", bed.Time.GetUtcNow()));
            await PruneAsync(sentinel);
        }

        await sentinel.TakeAsync(Call("three", bed.Time.GetUtcNow()), Call("one", bed.Time.GetUtcNow()));

        var rates = await sentinel.RatesAsync();
        rates.Count(line => line.Contains("/one|", StringComparison.Ordinal)).ShouldBe(0);
        rates.Count(line => line.Contains("/three|", StringComparison.Ordinal)).ShouldBe(1);
        rates.Count(line => line.StartsWith("ther|Other", StringComparison.Ordinal)).ShouldBe(1);
        rates.Sum(line => int.Parse(line[(line.LastIndexOf('=') + 1)..])).ShouldBeGreaterThan(120);
        var restarted = bed.Start();
        await restarted.TakeAsync(Call("three", bed.Time.GetUtcNow()));
        (await restarted.RatesAsync()).Single(line => line.Contains("/three|", StringComparison.Ordinal)).ShouldEndWith("=2");

        static byte[] Call(string role, DateTimeOffset at) => TestRecords.Decrypt(at, role: $"arn:aws:iam::1:role/{role}").Utf8();
    }

    [Fact]
    public async Task Long_outage_is_added_up_in_rounds()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        for (var hour = 0; hour < 40; hour++)
        {
            bed.Time.SetUtcNow(Noon.AddHours(hour));
            await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddHours(hour).AddMinutes(1)).Utf8(), TestRecords.Decrypt(Noon.AddHours(hour).AddMinutes(2)).Utf8());
        }

        bed.Time.SetUtcNow(Noon.AddDays(7));
        for (var round = 0; round < 4; round++)
        {
            await PruneAsync(sentinel);
            bed.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var rates = await sentinel.RatesAsync();
        rates.Count.ShouldBe(40);
        rates.ShouldAllBe(line => line.EndsWith("+3600=2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_ids_are_forgotten_a_few_thousand_at_a_time()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        var records = Enumerable.Range(0, 6000).Select(i => TestRecords.Decrypt(Noon).Utf8()).ToList();
        await sentinel.TakeAsync(records);

        bed.Time.SetUtcNow(Noon + bed.Options.Retention + TimeSpan.FromMinutes(2));
        await PruneAsync(sentinel);

        (await (await sentinel.Pipeline.KnowAsync<SeenRecords>(TestContext.Current.CancellationToken)).FindCountedAsync(records.Take(100).Select(IdOf), TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(6000);

        static KmsLab.CloudTrail.Records.RecordId IdOf(byte[] utf8) =>
            KmsLab.CloudTrail.Records.CloudTrailRecordReader.Read(utf8, KmsLab.CloudTrail.Records.RecordInterest.Everything).Record!.Id;
    }

    private static Task PruneAsync(SentinelProcess sentinel) => sentinel.Pipeline.PruneAsync(TestContext.Current.CancellationToken);
}
