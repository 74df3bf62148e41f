using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.TrailHealth.Flood;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel.Sources;

namespace KmsLab.Tests.Sentinel.TrailHealth;

/// <summary><see cref="EvidenceFlood"/> in the engine: what the sources saw becomes an alarm, or does not.</summary>
public sealed class EvidenceFloodTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flood_is_an_alarm_while_it_is_being_read()
    {
        await using var bed = await BedAsync();
        var group = new LogGroupModel(bed.Time, 100);
        group.Add(Enumerable.Range(0, 5000).Select(n => Event(TestRecords.Noon.AddMinutes(-1).AddMilliseconds(n))));
        var sentinel = bed.Start(null, group);

        (await sentinel.Readers[0].ReadAsync(Cancellation)).ShouldBe(TimeSpan.Zero, "it is behind");
        await LookAsync(bed, sentinel);

        var alarm = (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == "evidence-flood");
        alarm.Group.Values[0].Value.ShouldBe(group.Name);
        bed.Sent.ShouldBeEmpty();
        await sentinel.SendAsync();
        bed.Sent.ShouldContain(notification => notification.Detection == "evidence-flood");
    }

    [Fact]
    public async Task Catching_up_after_an_outage_is_quiet()
    {
        await using var bed = await BedAsync();
        var group = new LogGroupModel(bed.Time, 500);
        var sentinel = bed.Start(null, group);
        await sentinel.Readers[0].ReadAsync(Cancellation);

        // Sentinel was away for six hours of 900 records each, and reads them in one go.
        bed.Time.Advance(TimeSpan.FromHours(6));
        group.Add(Enumerable.Range(0, 6 * 900).Select(n => Event(TestRecords.Noon.AddSeconds(n * 4))));
        var back = bed.Start(null, group);
        do
        {
            await LookAsync(bed, back);
        }
        while (await back.Readers[0].ReadAsync(Cancellation) == TimeSpan.Zero);
        await LookAsync(bed, back);

        (await back.StatusAsync()).Records.Counted.ShouldBe(6 * 900);
        (await back.AlarmsAsync()).ShouldNotContain(alarm => alarm.Detection == "evidence-flood");
    }

    [Fact]
    public async Task Reading_the_same_minutes_again_adds_nothing()
    {
        await using var bed = await BedAsync();
        var group = new LogGroupModel(bed.Time, 100);
        group.Add(Enumerable.Range(0, 900).Select(n => Event(TestRecords.Noon.AddMinutes(-1).AddMilliseconds(n))));
        var sentinel = bed.Start(null, group);

        for (var round = 0; round < 30; round++)
        {
            await sentinel.Readers[0].ReadAsync(Cancellation);
            await LookAsync(bed, sentinel);
            bed.Time.Advance(TimeSpan.FromSeconds(5));
        }

        group.HandedOut.Values.Max().ShouldBeGreaterThan(1);
        (await sentinel.AlarmsAsync()).ShouldNotContain(alarm => alarm.Detection == "evidence-flood");
    }

    private static async Task LookAsync(SentinelBed bed, SentinelProcess sentinel) =>
        await ActivatorUtilities.CreateInstance<FloodJob>(sentinel.Services, bed.Options.Flood).RunAsync(Cancellation);

    private static ModelledEvent Event(DateTimeOffset at) => new(at, at, TestRecords.Decrypt(at).Utf8());

    private async Task<SentinelBed> BedAsync()
    {
        var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Flood.Records = 1000;
        return bed;
    }
}
