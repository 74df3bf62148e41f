using System.Net;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Tests.AwsSdk;

namespace KmsLab.Tests.Sentinel.Usage;

/// <summary>The same over HTTP, as JSON.</summary>
public sealed class UsageApiTests
{
    [Fact]
    public async Task Activity_usage_detections_and_charts_are_answered_over_HTTP()
    {
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());
        var alarm = (await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Count == 1))[0]!;

        var activity = await sentinel.JsonAsync($"/api/activity?principal={Uri.EscapeDataString(TestRecords.RoleArn)}");
        activity["slotSeconds"]!.GetValue<double>().ShouldBe(60);
        activity["series"]!.AsArray().ShouldHaveSingleItem()!["isError"]!.GetValue<bool>().ShouldBeTrue();
        activity["series"]![0]!["callsPerMinute"]!.AsArray().Sum(value => value!.GetValue<double>()).ShouldBe(2);
        activity["alarms"]![0]!["state"]!.GetValue<string>().ShouldBe("ALARM");
        activity["alarms"]![0]!["to"].ShouldBeNull();

        var row = (await sentinel.JsonAsync("/api/usage"))["rows"]!.AsArray().ShouldHaveSingleItem()!;
        (row["keyArn"]!.GetValue<string>(), row["calls"]!.GetValue<long>(), row["errors"]!.GetValue<long>()).ShouldBe((TestRecords.KeyArn, 2, 2));
        (await sentinel.JsonAsync("/api/usage/names"))["principals"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe([TestRecords.RoleArn]);

        var chart = await sentinel.JsonAsync($"/api/alarms/{alarm["id"]!.GetValue<string>()}/chart");
        chart["points"]!.AsArray().Sum(point => point!["observed"]!.GetValue<long>()).ShouldBe(2);

        var detections = (await sentinel.JsonAsync("/api/detections")).AsArray();
        detections.Count.ShouldBe(DetectionCatalog.BuiltIn.Count);
        var burst = detections.Single(detection => detection!["id"]!.GetValue<string>() == "kms-error-burst")!;
        (burst["rule"]!.GetValue<string>(), burst["mode"]!.GetValue<string>(), burst["window"]!.GetValue<double>(), burst["openAlarms"]!.GetValue<int>(), burst["fired"]!.GetValue<long>())
            .ShouldBe(("2 records within 60 s, or 30 records within 2 hours", "On", 60, 1, 1));
    }

    [Fact]
    public async Task What_does_not_exist_and_what_is_no_time_is_refused()
    {
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());

        using var missing = await sentinel.GetAsync("/api/alarms/none/chart");
        using var wrong = await sentinel.GetAsync("/api/activity?from=yesterday");

        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>A trail with two wrong keys of just now.</summary>
    private static Task<WireServer> AttackAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var events = new JsonArray([.. Enumerable.Range(0, 2).Select(n => new JsonObject
        {
            ["eventId"] = $"{n}",
            ["logStreamName"] = "111122223333_CloudTrail_eu-west-1",
            ["message"] = TestRecords.WrongKey(now).ToJsonString(),
        })]);
        return WireServer.StartAsync(new JsonObject { ["events"] = events }.ToJsonString(), """{"events":[]}""");
    }
}
