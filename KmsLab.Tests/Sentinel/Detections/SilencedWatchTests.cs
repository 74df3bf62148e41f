using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>audit-path-silenced: whoever silences what watches the audit path is told of.</summary>
public sealed class SilencedWatchTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_watches_the_audit_path_is_covered_only_by_name_and_that_is_told_once_and_cannot_be_silenced()
    {
        await using var bed = await BedAsync();
        await AddAsync(bed, new() { Accounts = ["*"], Severities = [Severity.Low, Severity.Medium, Severity.High, Severity.Critical] });
        await AddAsync(bed, new() { Detections = ["*"] });
        var sentinel = bed.Start();
        await BlindAsync(bed, sentinel, "first");
        bed.Sent.ShouldHaveSingleItem().Detection.ShouldBe(TrailBlinding.Id);

        await AddAsync(bed, new() { Detections = [TrailBlinding.Id, SilencedWatch.Id] });
        await TickAsync(bed, sentinel, TimeSpan.FromSeconds(1));
        await TickAsync(bed, bed.Start(), TimeSpan.FromSeconds(1));
        var told = bed.Sent.Skip(1).ShouldHaveSingleItem();
        told.Detection.ShouldBe(SilencedWatch.Id);
        told.Why.ShouldContain("alice silenced trail-blinding until");

        await BlindAsync(bed, bed.Start(), "second");
        bed.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Silencing_one_alarm_of_the_audit_path_is_told_as_well()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await BlindAsync(bed, sentinel, "first");
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();

        await bed.SubmitAsync(new("command", alarm.Id, AlarmCommandKind.Silence, alarm.Occurrence, Noon, "mallory", "never mind", Noon + Hour) { Detection = alarm.Detection });
        await TickAsync(bed, sentinel, TimeSpan.FromSeconds(1));

        bed.Sent.Last().Why.ShouldContain("mallory silenced an alarm of trail-blinding");
    }

    private static Task<SilenceAnswer> AddAsync(SentinelBed bed, AlarmMatcher matcher) =>
        bed.Silencing().AddAsync(matcher, null, bed.Time.GetUtcNow() + Hour, "alice", "planned work", Cancellation);

    /// <summary>The guard sees a trail that does not log.</summary>
    private static async Task BlindAsync(SentinelBed bed, SentinelProcess sentinel, string trail)
    {
        var finding = new Finding(TrailBlinding.Id, new(KeyValuePair.Create("what", trail)), bed.Time.GetUtcNow(), "GetTrailStatus", $"the trail {trail} does not log");
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork([finding]), Cancellation);
        await sentinel.SendAsync();
    }

    private static async Task TickAsync(SentinelBed bed, SentinelProcess sentinel, TimeSpan later)
    {
        bed.Time.Advance(later);
        await sentinel.TickAsync();
        await sentinel.SendAsync();
    }

    private async Task<SentinelBed> BedAsync()
    {
        var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        return bed;
    }
}
