using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Usage;

/// <summary>Expected against observed.</summary>
public sealed class AlarmChartTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider, bool> Cases { get; } = new()
    {
        { DatabaseProvider.Sqlite, false },
        { DatabaseProvider.Sqlite, true },
        { DatabaseProvider.PostgreSql, false },
        { DatabaseProvider.PostgreSql, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Chart_of_a_threshold_shows_what_was_counted_around_it(DatabaseProvider database, bool isPruned)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddMinutes(-2)).Utf8(), TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(10)).Utf8());
        bed.Time.SetUtcNow(Noon.AddHours(1));
        if (isPruned)
            await bed.ExecuteAsync("DELETE FROM detection_count");

        var chart = (await bed.ChartAsync("kms-error-burst")).ShouldNotBeNull();

        (chart.SlotSeconds, chart.Threshold, chart.Unit, chart.From, chart.To).ShouldBe((10, 2, "records within 60 s", Noon, Noon.AddSeconds(10)));
        chart.Points.Count.ShouldBeInRange(37, 39);
        chart.Points.Select(point => point.Start).ShouldBe(Enumerable.Range(0, chart.Points.Count).Select(slot => Noon.AddMinutes(-3).AddSeconds(10 * slot)));
        var seen = chart.Points.Where(point => point.Observed > 0).Select(point => (point.Start - Noon, point.Observed, point.Low, point.High)).ToList();
        seen.TakeLast(2).ShouldBe([(TimeSpan.Zero, 1, null, null), (TimeSpan.FromSeconds(10), 1, null, null)]);
        seen.Count.ShouldBe(isPruned ? 2 : 3, "the record before the occurrence is counted, and no evidence of it");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Chart_of_what_is_learned_shows_the_band(DatabaseProvider database)
    {
        await using var learned = await LearnedBed.CreateAsync(database, cluster);
        var (bed, attack) = (learned.Bed, LearnedBed.End.AddHours(9));
        await bed.Start().TakeAsync(Enumerable.Range(0, 50).Select(second => LearnedBed.Read(attack.AddSeconds(second), $"r{second % 4}")));
        bed.Time.SetUtcNow(attack.AddMinutes(30));

        var chart = (await bed.ChartAsync(DecryptRateAnomaly.Definition.Id)).ShouldNotBeNull();

        (chart.SlotSeconds, chart.Threshold, chart.Unit, chart.From).ShouldBe((3600, 50, "records an hour", attack));
        chart.Points[^1].Start.ShouldBe(attack, "what has not come is not shown");
        chart.Points[^1].Observed.ShouldBe(50);
        chart.Points[^1].High.ShouldNotBeNull().ShouldBeInRange(4, 49);
        chart.Points.Where(point => point.Observed > 0).Select(point => point.Start).ShouldBe([attack.AddDays(-1), attack], "two days before are shown, to the hour");
    }

    [Fact]
    public async Task Detection_that_is_gone_has_no_chart()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Rules["mine"] = new() { Pattern = "{ $.eventName = \"Decrypt\" }" };
        await bed.Start().TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        (await bed.ChartAsync("mine")).ShouldNotBeNull().Unit.ShouldBe("record within 5 minutes");

        bed.Options.Rules.Clear();

        (await bed.ChartAsync("mine")).ShouldBeNull();
    }
}
