using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>dry-run-probing.</summary>
public sealed class DryRunProbingTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Fact]
    public async Task Four_different_probes_raise_the_alarm_and_repeating_three_does_not()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Mode = DetectionMode.Off };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 10).SelectMany(second => (byte[][])
        [
            Probe("Decrypt", TestRecords.KeyArn, second), Probe("Encrypt", TestRecords.KeyArn, second), Probe("Decrypt", TestRecords.OtherKeyArn, second, "AccessDenied"),
        ]));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        await sentinel.TakeAsync(Probe("ReEncrypt", TestRecords.KeyArn, 30));
        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("dry-run-probing");
        alarm.Observed.ShouldBe(4);
    }

    [Theory]
    [InlineData("DryRunOperationException", true)]
    [InlineData("AccessDenied", true)]
    [InlineData("AccessDeniedException", true)]
    [InlineData("InvalidCiphertextException", false)]
    [InlineData("DisabledException", false)]
    [InlineData(null, false)]
    public void Only_DryRun_and_refusals_are_probes(string? error, bool fires)
    {
        using var bench = new DetectionBench(DryRunProbing.Definition);
        (bench.Select(TestRecords.Decrypt(errorCode: error)) is not null).ShouldBe(fires);
    }

    [Fact]
    public void Refusal_without_a_key_counts_by_its_operation_and_a_scanners_does_not()
    {
        using var bench = new DetectionBench(DryRunProbing.Definition);
        bench.Select(TestRecords.Denied()).ShouldNotBeNull().Value.ShouldBe("Decrypt ");
        bench.Select(TestRecords.Decrypt(errorCode: "AccessDenied", role: $"arn:aws:iam::{TestRecords.Account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")).ShouldBeNull();
        bench.Select(Call("s3", "GetBucketPolicy", null, errorCode: "AccessDenied")).ShouldBeNull();
    }

    private static byte[] Probe(string operation, string key, int second, string error = "DryRunOperationException") =>
        Kms(operation, key: key, errorCode: error).With(r => r["eventTime"] = TestRecords.Time(Noon.AddSeconds(second))).Utf8();
}
