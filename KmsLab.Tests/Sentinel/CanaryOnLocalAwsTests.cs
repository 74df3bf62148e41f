using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using KmsLab.Sentinel.Turns;
using KmsLab.Tests.LocalAws;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace KmsLab.Tests.Sentinel;

/// <summary>The canary against LocalAws over HTTP: what comes back, what doesn't, and what that means.</summary>
public sealed class CanaryOnLocalAwsTests
{
    private const string Group = "logs:kmslab-trail";
    private const string CloudTrailTarget = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_comes_back_moves_the_watermark_and_is_in_no_rate_and_no_alarm()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws);
        using var lags = new MetricCollector<double>(sentinel.Services.GetRequiredService<IMeterFactory>(), SentinelMetrics.MeterName, "kmslab.sentinel.delivery.lag");
        var first = await sentinel.JsonAsync("/api/status", status => status["watermark"] is not null);
        await sentinel.JsonAsync("/api/status", status => Instant(status["watermark"]) > Instant(first["watermark"]).AddSeconds(1));

        var status = await sentinel.JsonAsync("/api/status", status => Delivery(status)?["lagSeconds"]?.GetValue<double>() < 3);
        status["canary"]!["keyArn"]!.GetValue<string>().ShouldStartWith("arn:aws:kms:us-east-1:000000000000:key/");
        status["canary"]!["problem"].ShouldBeNull();
        lags.GetMeasurementSnapshot().ShouldNotBeEmpty();
        lags.GetMeasurementSnapshot().ShouldAllBe(lag => lag.Value >= 0 && (string?)lag.Tags["source"] == Group);
        (await sentinel.JsonAsync("/api/rates?operation=Encrypt"))["series"]!.AsArray().ShouldBeEmpty();
        (await sentinel.JsonAsync("/api/alarms")).AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"All","IncludeManagementEvents":true,"ExcludeManagementEventSources":["kms.amazonaws.com"]}]}""")]
    [InlineData("""
        {"TrailName":"kmslab","AdvancedEventSelectors":[{"FieldSelectors":[
            {"Field":"eventCategory","Equals":["Management"]},{"Field":"eventSource","NotEquals":["kms.amazonaws.com"]}]}]}
        """)]
    public async Task Trail_blinded_to_KMS_is_noticed_and_an_attack_is_seen_in_the_event_history_meanwhile(string selectors)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws);
        await sentinel.JsonAsync("/api/status", status => Delivery(status)?["lagSeconds"] is not null);

        await CloudTrailAsync(aws, "PutEventSelectors", selectors);
        await AttackAsync(aws);

        // It is over as soon as it is seen: the history brings the attack and what came after it together.
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "kms-error-burst") is not null);
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "kms-error-burst") == "OK");
        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "trail-blinding") == "ALARM");
        Alarm(alarms, "trail-blinding")!["group"]!["logGroup"]!.GetValue<string>().ShouldBe("kmslab-trail");
        Alarm(alarms, "trail-blinding")!["severity"]!.GetValue<string>().ShouldBe("critical");

        await CloudTrailAsync(aws, "PutEventSelectors", """{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"All","IncludeManagementEvents":true}]}""");
        await sentinel.JsonAsync("/api/status", status => Delivery(status)!["outstanding"]!.GetValue<long>() <= 3);
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "delivery-silent") is null or "OK" && State(alarms, "trail-blinding") == "OK");
    }

    [Fact]
    public async Task Records_that_come_after_all_count_once_and_late_is_not_blinded()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws, ("Sentinel:Delivery:BlindedAfter", "00:05:00"));
        await sentinel.JsonAsync("/api/status", status => Delivery(status)?["lagSeconds"] is not null);

        await DeliveryAsync(aws, """{"delay":"00:01:00"}""");
        await AttackAsync(aws);
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "delivery-silent") == "ALARM" && State(alarms, "kms-error-burst") is not null);
        (await sentinel.JsonAsync("/api/alarms")).AsArray().ShouldNotContain(alarm => alarm!["detection"]!.GetValue<string>() == "trail-blinding");

        await DeliveryAsync(aws, "{}");
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "delivery-silent") == "OK");
        var status = await sentinel.JsonAsync("/api/status", status => Delivery(status)!["bypassed"]!.GetValue<long>() == 0);
        status["records"]!["duplicates"]!.GetValue<long>().ShouldBeGreaterThan(0);
        var refused = await sentinel.JsonAsync("/api/rates?operation=Decrypt");
        refused["series"]![0]!["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<long>()).ShouldBe(2);
    }

    [Fact]
    public async Task Disabled_canary_key_is_said_and_its_refusals_are_nobodys_errors()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws);
        var status = await sentinel.JsonAsync("/api/status", status => Delivery(status)?["lagSeconds"] is not null);
        using var kms = aws.Kms();

        await kms.DisableKeyAsync(status["canary"]!["keyArn"]!.GetValue<string>(), Cancellation);
        await sentinel.JsonAsync("/api/status", status => status["canary"]!["problem"]?.GetValue<string>().Contains("DisabledException", StringComparison.Ordinal) == true);
        await sentinel.JsonAsync("/api/rates?operation=DisableKey", rates => rates["series"]!.AsArray().Count == 1);

        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "trail-blinding") == "ALARM");
        State(alarms, "kms-error-burst").ShouldBeNull();
    }

    [Fact]
    public async Task Use_of_the_canarys_key_by_somebody_else_is_said()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws);
        var status = await sentinel.JsonAsync("/api/status", status => Delivery(status)?["lagSeconds"] is not null);
        using var kms = aws.Kms();

        await kms.EncryptAsync(new EncryptRequest { KeyId = status["canary"]!["keyArn"]!.GetValue<string>(), Plaintext = new([1]) }, Cancellation);

        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "trail-blinding") is not null);
        Alarm(alarms, "trail-blinding")!["why"]!.GetValue<string>().ShouldContain("AKIALABTEST000000000 used the canary's key from 127.0.0.1");
        await sentinel.JsonAsync("/api/rates?operation=Encrypt", rates => rates["series"]!.AsArray().Count == 1);
    }

    [Fact]
    public async Task Missing_canary_key_is_said()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws, ("Sentinel:Canary:CreateKey", "false"));

        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "delivery-silent") == "ALARM");

        alarms[0]!["why"]!.GetValue<string>().ShouldBe(
            "canary: the canary's key can't be found: There is no key with the alias alias/canary. Create one for the canary alone, or name another in Sentinel:Canary:KeyId..");
    }

    [Fact]
    public async Task Source_that_cannot_be_read_is_told_from_one_that_brings_nothing()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Denials:0:Principal", "*"), ("LocalAws:Denials:0:Actions:0", "logs:FilterLogEvents")]);
        await using var sentinel = await StartAsync(aws, ("Sentinel:Delivery:UnreadableAfter", "00:00:01"));

        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "delivery-silent") == "ALARM");

        alarms[0]!["group"]!["source"]!.GetValue<string>().ShouldBe(Group);
        alarms[0]!["why"]!.GetValue<string>().ShouldContain("it can't be read since");
        alarms[0]!["why"]!.GetValue<string>().ShouldContain("logs:FilterLogEvents");
    }

    private static Task<SentinelHost> StartAsync(LocalAwsHost aws, params (string, string?)[] settings) => SentinelHost.StartAsync(
        aws.Url,
        [
            ("Sentinel:Canary:KeyId", "alias/canary"),
            ("Sentinel:Canary:CreateKey", "true"),
            ("Sentinel:Canary:Interval", "00:00:00.300"),
            ("Sentinel:Delivery:LookInterval", "00:00:00.300"),
            ("Sentinel:Delivery:LateAfter", "00:00:03"),
            ("Sentinel:Delivery:BlindedAfter", "00:00:04"),
            ("Sentinel:Detections:delivery-silent:Window", "00:00:01"),
            ("Sentinel:Detections:trail-blinding:Window", "00:00:01"),
            // Sentinel's own reads, many a second here, are records of other services.
            ("Sentinel:EventSources:0", "kms.amazonaws.com"),
            ("Sentinel:Detections:kms-error-burst:Window", "00:00:02"),
            .. settings,
        ]);

    private static async Task AttackAsync(LocalAwsHost aws)
    {
        using var kms = aws.Kms();
        var key = await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
        var encrypted = await kms.EncryptAsync(
            new EncryptRequest { KeyId = key.KeyMetadata.KeyId, Plaintext = new(Encoding.UTF8.GetBytes("text")), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);
        for (var call = 0; call < 2; call++)
        {
            await Should.ThrowAsync<InvalidCiphertextException>(
                () => kms.DecryptAsync(new DecryptRequest { CiphertextBlob = new(encrypted.CiphertextBlob.ToArray()), EncryptionContext = new() { ["a"] = "wrong" } }, Cancellation));
        }
    }

    private static async Task CloudTrailAsync(LocalAwsHost aws, string operation, string body)
    {
        using var answer = await aws.PostJsonAsync("cloudtrail", CloudTrailTarget + operation, body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task DeliveryAsync(LocalAwsHost aws, string body)
    {
        using var http = aws.Http();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync("/_localaws/delivery", content, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static DateTimeOffset Instant(JsonNode? node) => node!.GetValue<DateTimeOffset>();

    private static JsonNode? Delivery(JsonNode status) => status["delivery"]!.AsArray().FirstOrDefault(item => item!["source"]!.GetValue<string>() == Group);

    private static JsonNode? Alarm(JsonNode alarms, string detection) => alarms.AsArray().FirstOrDefault(alarm => alarm!["detection"]!.GetValue<string>() == detection);

    private static string? State(JsonNode alarms, string detection) => Alarm(alarms, detection)?["state"]!.GetValue<string>();
}
