using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>decrypt-rate-threshold.</summary>
public sealed class DecryptRateThresholdTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Fact]
    public async Task Decrypt_rate_reaches_its_threshold_by_successful_calls_of_one_principal_on_one_set()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["decrypt-rate-threshold"] = new() { Threshold = 5, Window = TimeSpan.FromSeconds(60) };
        bed.Options.Detections["kms-error-burst"] = new() { Mode = DetectionMode.Off };
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn, TestRecords.OtherKeyArn] };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(
            Decrypt(0), Decrypt(1), Kms("Decrypt", key: TestRecords.OtherKeyArn, role: TestRecords.RoleArn).Utf8(), Decrypt(60), Decrypt(3, "InvalidCiphertextException"),
            Decrypt(4, role: Stranger), TestRecords.ReEncrypt().Utf8(), Decrypt(60));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty("two at 12:00:00, one at 12:00:01 and two a minute later");

        await sentinel.TakeAsync(Decrypt(59), Decrypt(58));
        var alarm = await sentinel.AlarmAsync();
        alarm.Group.Values.ShouldBe([new("set", "vault"), new("principal", TestRecords.RoleArn)]);
        alarm.Observed.ShouldBe(5);
    }

    private static byte[] Decrypt(int second, string? error = null, string role = TestRecords.RoleArn) => TestRecords.Decrypt(Noon.AddSeconds(second), error, role).Utf8();
}
