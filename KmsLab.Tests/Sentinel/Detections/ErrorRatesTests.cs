using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>kms-not-found and its like: errors of every day, each with a threshold of its own.</summary>
public sealed class ErrorRatesTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Everyday_errors_are_shown_by_a_threshold_of_their_own_and_nobody_is_told()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-not-found"] = new() { Threshold = 5 };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 4).Select(i => Error(i, "NotFoundException")));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Error(5, "NotFoundException"));
        await sentinel.SendAsync();

        (await sentinel.AlarmAsync()).Detection.ShouldBe("kms-not-found");
        bed.Sent.ShouldBeEmpty();
    }

    private static byte[] Error(int second, string error, string role = TestRecords.RoleArn) => TestRecords.Decrypt(TestRecords.Noon.AddSeconds(second), error, role).Utf8();
}
