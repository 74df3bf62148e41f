using CsCheck;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Faults;

/// <summary>
/// However records come within the horizon, and wherever the process dies: rates, occurrences of alarms, their evidence and what is sent come to what the
/// records say, which is counted without the engine.
/// </summary>
public sealed class DeliveryModelTests(PostgresCluster cluster)
{
    private const string Detection = "kms-error-burst";

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, 20, false)]
    [InlineData(DatabaseProvider.Sqlite, 20, true)]
    [InlineData(DatabaseProvider.PostgreSql, 2, false)]
    [InlineData(DatabaseProvider.PostgreSql, 2, true)]
    public Task Any_delivery_and_any_crash_comes_to_what_the_records_say(DatabaseProvider database, long samples, bool pagesWait) =>
        DeliveryModel.Any.SampleAsync(model => VerifyAsync(database, model, pagesWait), iter: samples, threads: 1);

    private async Task VerifyAsync(DatabaseProvider database, DeliveryModel model, bool pagesWait)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.AllowedLateness = TimeSpan.FromSeconds(DeliveryModel.AllowedLatenessSeconds);

        var sentinel = bed.Start();
        for (var round = 0; round <= DeliveryModel.Rounds; round++)
        {
            bed.Time.Advance(TimeSpan.FromSeconds(DeliveryModel.RoundSeconds));
            sentinel = await LiveThroughAsync(bed, sentinel, model, round, pagesWait);
        }

        bed.Time.Advance(TimeSpan.FromHours(10));
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        await sentinel.TakeAsync(model.Stragglers.Select(record => record.Utf8()));
        await sentinel.SendAsync();
        await HoldsAsync(bed, sentinel, model);
    }

    /// <summary>A round, from its beginning after each crash: what was read then is read again.</summary>
    private static async Task<SentinelProcess> LiveThroughAsync(SentinelBed bed, SentinelProcess sentinel, DeliveryModel model, int round, bool pagesWait)
    {
        foreach (var crash in model.Crashes.Where(crash => crash.Round == round))
        {
            try
            {
                await ReadAsync(bed, bed.Start(new CrashPlan(crash.Step, crash.Time)), model, round, pagesWait);
            }
            catch (SimulatedCrashException)
            {
            }

            sentinel = bed.Start();
        }

        await ReadAsync(bed, sentinel, model, round, pagesWait);
        return sentinel;
    }

    private static async Task ReadAsync(SentinelBed bed, SentinelProcess sentinel, DeliveryModel model, int round, bool pagesWait)
    {
        foreach (var page in model.PagesOf(round))
            await (pagesWait ? sentinel.TakeWaitingAsync(page.Select(record => record.Utf8())) : sentinel.TakeAsync(page.Select(record => record.Utf8())));
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        await sentinel.SendAsync();
    }

    private static async Task HoldsAsync(SentinelBed bed, SentinelProcess sentinel, DeliveryModel model)
    {
        (await sentinel.RatesAsync()).ShouldBe(model.ExpectedRates());
        var status = await sentinel.StatusAsync();
        status.Records.Counted.ShouldBe(model.Records.Length + model.Stragglers.Length);
        status.PendingNotifications.ShouldBe(0);

        var alarms = (await sentinel.AlarmsAsync()).Where(alarm => alarm.Detection == Detection).ToList();
        alarms.Select(alarm => $"{alarm.Group.Values[0].Value} {alarm.Occurrence}x {alarm.Observed} {alarm.EvidenceTotal} {alarm.FirstSeen:HH:mm:ss} {alarm.LastSeen:HH:mm:ss} {alarm.State}")
            .Order(StringComparer.Ordinal).ShouldBe(model.ExpectedAlarms());
        alarms.ShouldAllBe(alarm => alarm.Evidence.Count == alarm.EvidenceTotal);

        var sent = bed.Sent.Where(notification => notification.Detection == Detection).GroupBy(notification => notification.Id).ToList();
        sent.Count.ShouldBe((int)alarms.Sum(alarm => 2 * alarm.Occurrence), "an ALARM and an OK for each occurrence");
        sent.Sum(times => times.Count() - 1).ShouldBeLessThanOrEqualTo(model.Crashes.Count(crash => crash.Step == TurnStep.Sent), "only a crash between sending and marking repeats a notification");
    }
}
