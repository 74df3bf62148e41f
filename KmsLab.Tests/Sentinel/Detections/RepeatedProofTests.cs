using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>repeated-proof: one call that succeeds more often than its client asked for it.</summary>
public sealed class RepeatedProofTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, "KMSInternalException", false)]
    [InlineData("ThrottlingException", "ThrottlingException", null, false)]
    [InlineData("KMSInternalException", null, null, false)]
    public async Task Third_success_of_one_call_fires_and_retries_of_what_failed_do_not(string? first, string? second, string? third, bool fires)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var call = bench.Attested();
        string?[] outcomes = [first, second, third];
        foreach (var (outcome, use) in outcomes.Select((outcome, use) => (outcome, use)))
        {
            // Each in a process of its own: what is known of a proof survives.
            await bed.Start().TakeAsync((use == 0 ? call : Copy(call, Noon.AddSeconds(use * 10))).With(record => record["errorCode"] = outcome).Utf8());
        }

        (await bed.Start().AlarmsAsync()).Any(alarm => alarm.Detection == "repeated-proof").ShouldBe(fires);
        (await bed.Start().AlarmsAsync()).ShouldNotContain(alarm => alarm.Detection == "replayed-attestation");
    }

    [Fact]
    public async Task Single_repetitions_of_what_had_succeeded_fire_in_number()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();
        for (var number = 0; number < 4; number++)
            await RepeatAsync(number);
        (await sentinel.AlarmsAsync()).ShouldBeEmpty("networks lose answers");

        await RepeatAsync(4);
        (await sentinel.AlarmAsync()).Detection.ShouldBe("repeated-proof");

        Task RepeatAsync(int number)
        {
            var call = bench.Attested(Noon.AddSeconds(number));
            return sentinel.TakeAsync(call.Utf8(), Copy(call, Noon.AddSeconds(number + 5)).Utf8());
        }
    }
}
