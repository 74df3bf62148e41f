using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>NetworkActivity records beside management records: one call.</summary>
public sealed class NetworkTwinTests(PostgresCluster cluster)
{
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(false, "AccessDenied")]
    public async Task Twin_counts_for_nothing_whichever_comes_first(bool twinFirst, string? error)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        var call = TestRecords.Decrypt(errorCode: error).With(r => r["sharedEventID"] = "shared");
        byte[][] pair = [call.Utf8(), Twin(call).Utf8()];

        foreach (var record in twinFirst ? pair.Reverse() : pair)
            await sentinel.TakeAsync(record);

        (await sentinel.RatesAsync()).Count.ShouldBe(1);
        var records = (await sentinel.StatusAsync()).Records;
        (records.Counted, records.Twins).ShouldBe((1, 1));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusal_by_the_endpoint_has_no_other_record_and_is_a_refusal()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();

        string[] operations = ["ListKeys", "Decrypt", "DescribeKey", "ListGrants"];
        await sentinel.TakeAsync(operations.Select((operation, i) =>
            Twin(TestRecords.Decrypt(TestRecords.Noon.AddMinutes(i * 5), "VpceAccessDenied")).With(r => r["eventName"] = operation).Utf8()));

        (await sentinel.AlarmAsync()).Detection.ShouldBe("dry-run-probing");
    }

    private static JsonObject Twin(JsonObject call) => ((JsonObject)call.DeepClone()).With(record =>
    {
        record["eventID"] = Guid.NewGuid().ToString();
        record["eventType"] = "AwsVpceEvent";
        record["eventCategory"] = "NetworkActivity";
        record["vpcEndpointId"] = "vpce-0123456789abcdef0";
        foreach (var name in (string[])["resources", "userAgent", "requestParameters", "responseElements", "managementEvent", "readOnly", "tlsDetails"])
            record.Remove(name);
    });
}
