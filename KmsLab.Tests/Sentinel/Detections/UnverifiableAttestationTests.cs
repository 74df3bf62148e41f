using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>unverifiable-attestation.</summary>
public sealed class UnverifiableAttestationTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Fact]
    public async Task Unverifiable_calls_are_counted_and_raise_only_in_number()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 19).Select(second => Unverifiable(bench, second)));
        (await sentinel.AlarmsAsync()).Where(alarm => alarm.Detection != "kms-error-burst").ShouldBeEmpty();
        (await sentinel.StatusAsync()).Attestations.ShouldBe(new(0, 0, 0, 0, 0, 19));

        await sentinel.TakeAsync(Unverifiable(bench, 20));
        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Detection).Order().ShouldBe(["kms-error-burst", "unverifiable-attestation"]);
    }

    /// <summary>A denied call that kept its key, but not its context.</summary>
    private static byte[] Unverifiable(DetectionBench bench, int second) => bench.Attested(Noon.AddSeconds(second), "AccessDenied").With(r => r["requestParameters"] = null).Utf8();
}
