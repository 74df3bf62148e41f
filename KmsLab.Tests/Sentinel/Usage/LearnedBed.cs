using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Usage;

/// <summary>A bed on which a principal has read four records each day at nine for nine days: enough to judge it by.</summary>
internal sealed class LearnedBed(SentinelBed bed) : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = TestRecords.Noon.AddHours(12);
    public static readonly DateTimeOffset End = Start.AddDays(9);

    public SentinelBed Bed => bed;

    public static async Task<LearnedBed> CreateAsync(DatabaseProvider provider, PostgresCluster cluster)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.Baselines.MinimumHistory = TimeSpan.FromDays(7);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        var sentinel = bed.Start();
        for (var day = 0; day < 9; day++)
        {
            await sentinel.TakeAsync(Enumerable.Range(0, 4).Select(record => Read(Start.AddDays(day).AddHours(9).AddMinutes(record), $"r{record}")));
            bed.Time.SetUtcNow(Start.AddDays(day + 1));
            await sentinel.CompleteAsync(Start.AddDays(day + 1));
        }

        return new(bed);
    }

    public static byte[] Read(DateTimeOffset at, string record) =>
        TestRecords.Decrypt(at).With(r => r["requestParameters"]!["encryptionContext"] = new System.Text.Json.Nodes.JsonObject { ["r"] = record, ["t"] = "t" }).Utf8();

    public ValueTask DisposeAsync() => bed.DisposeAsync();
}
