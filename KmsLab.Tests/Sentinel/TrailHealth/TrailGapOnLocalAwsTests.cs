using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.TrailHealth;

/// <summary>A trail that is stopped and started again on LocalAws: what was done meanwhile is read from the event history.</summary>
public sealed class TrailGapOnLocalAwsTests
{
    private const string CloudTrailTarget = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attack_while_the_trail_was_stopped_is_found_without_a_canary_though_the_alarm_was_acknowledged()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = await KeyAsync(kms);
        await using var sentinel = await StartAsync(aws, key);
        await sentinel.JsonAsync("/api/rates?operation=CreateKey", rates => rates["series"]!.AsArray().Count > 0);

        await CloudTrailAsync(aws, "StopLogging");
        var stopped = Alarm(await sentinel.JsonAsync("/api/alarms", alarms => Alarm(alarms, "trail-blinding") is not null), "trail-blinding")!;
        using var acknowledge = new HttpRequestMessage(HttpMethod.Post, $"/api/alarms/{stopped["id"]!.GetValue<string>()}/acknowledge") { Content = JsonContent.Create(new { reason = "known" }) };
        (await sentinel.SendAsync(acknowledge)).EnsureSuccessStatusCode();

        await kms.DisableKeyAsync(key, Cancellation);
        await sentinel.JsonAsync("/api/alarms", alarms => Alarm(alarms, "key-tampering") is not null);
        await CloudTrailAsync(aws, "StartLogging");

        var status = await sentinel.JsonAsync("/api/status", status => status["gaps"]!.AsArray().All(gap => gap!["phase"]!.GetValue<string>() == "filled"));
        var gap = status["gaps"]!.AsArray().ShouldHaveSingleItem()!;
        gap["name"]!.GetValue<string>().ShouldBe("kmslab");
        gap["to"].ShouldNotBeNull();
        gap["records"]!.GetValue<long>().ShouldBeGreaterThan(0);
        gap["unread"]!.AsArray().ShouldBeEmpty();
        var alarm = Alarm(await sentinel.JsonAsync("/api/alarms"), "trail-blinding")!;
        alarm["gaps"]!.AsArray().ShouldHaveSingleItem()!["phase"]!.GetValue<string>().ShouldBe("filled");
    }

    [Fact]
    public async Task Cut_and_attack_while_Sentinel_was_down_are_found_when_it_is_back()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var folder = new TempFolder();
        using var kms = aws.Kms();
        var key = await KeyAsync(kms);
        var database = ("ConnectionStrings:sentinel", (string?)$"Data Source={folder["kept.db"]};Pooling=False");
        await using (var before = await StartAsync(aws, key, database))
            await before.JsonAsync("/api/rates?operation=CreateKey", rates => rates["series"]!.AsArray().Count > 0);

        await CloudTrailAsync(aws, "StopLogging");
        await kms.DisableKeyAsync(key, Cancellation);
        await CloudTrailAsync(aws, "StartLogging");
        await using var sentinel = await StartAsync(aws, key, database);

        await sentinel.JsonAsync("/api/alarms", alarms => Alarm(alarms, "key-tampering") is not null);
        await sentinel.JsonAsync("/api/status", status => status["gaps"]!.AsArray() is [var gap] && gap!["phase"]!.GetValue<string>() == "filled");
    }

    [Fact]
    public async Task Guard_finds_a_cut_that_no_record_tells_of_and_its_end()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = await KeyAsync(kms);
        await using var sentinel = await StartAsync(
            aws, key, ("Sentinel:Guard:Enabled", "true"), ("Sentinel:Guard:Interval", "00:00:00.300"));
        await sentinel.JsonAsync("/api/status", status => status["guard"]!["baseline"]!.AsArray().Any(fact => fact!["aspect"]!.GetValue<string>() == "logging"));

        await CloudTrailAsync(aws, "StopLogging");
        await kms.DisableKeyAsync(key, Cancellation);
        await sentinel.JsonAsync("/api/alarms", alarms => Alarm(alarms, "key-tampering")?["evidenceTotal"]!.GetValue<long>() >= 1);
        await CloudTrailAsync(aws, "StartLogging");

        await sentinel.JsonAsync("/api/status", status => status["gaps"]!.AsArray() is [_, ..] gaps && gaps.All(gap => gap!["phase"]!.GetValue<string>() == "filled"));
    }

    [Fact]
    public async Task Bound_leaves_a_part_unread_after_the_keys_and_says_so_on_the_alarm()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = await KeyAsync(kms);
        await using var sentinel = await StartAsync(aws, key, ("Sentinel:Gaps:RequestsPerRound", "1"));
        await sentinel.JsonAsync("/api/rates?operation=CreateKey", rates => rates["series"]!.AsArray().Count > 0);

        await CloudTrailAsync(aws, "StopLogging");
        await kms.DisableKeyAsync(key, Cancellation);
        await CloudTrailAsync(aws, "StartLogging");

        await sentinel.JsonAsync("/api/alarms", alarms => Alarm(alarms, "key-tampering") is not null);
        var status = await sentinel.JsonAsync("/api/status", status => status["gaps"]!.AsArray() is [var gap] && gap!["phase"]!.GetValue<string>() == "partly");
        status["gaps"]![0]!["unread"]![0]!.GetValue<string>().ShouldContain("kms.amazonaws.com");
        var alarm = Alarm(await sentinel.JsonAsync("/api/alarms"), "trail-blinding")!;
        alarm["evidence"]!.AsArray().ShouldContain(evidence => evidence!["eventName"]!.GetValue<string>() == "LookupEvents");
    }

    private static Task<SentinelHost> StartAsync(LocalAwsHost aws, string key, params (string, string?)[] settings) => SentinelHost.StartAsync(
        aws.Url,
        [
            ("Sentinel:ProtectedSets:vault:Keys:0", key),
            ("Sentinel:Gaps:RoundEvery", "00:00:00.500"),
            ("Sentinel:EventSources:0", "kms.amazonaws.com"),
            ("Sentinel:EventSources:1", "cloudtrail.amazonaws.com"),
            .. settings,
        ]);

    private static async Task<string> KeyAsync(IAmazonKeyManagementService kms) => (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation)).KeyMetadata.Arn;

    private static async Task CloudTrailAsync(LocalAwsHost aws, string operation)
    {
        using var answer = await aws.PostJsonAsync("cloudtrail", CloudTrailTarget + operation, """{"Name":"kmslab"}""");
        answer.EnsureSuccessStatusCode();
    }

    private static JsonNode? Alarm(JsonNode alarms, string detection) => alarms.AsArray().FirstOrDefault(alarm => alarm!["detection"]!.GetValue<string>() == detection);
}
