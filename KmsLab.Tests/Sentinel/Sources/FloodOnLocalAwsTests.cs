using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>
/// A flood in the trail's log group, in a stream that has a name of CloudTrail's, against LocalAws over HTTP with AWS's own quotas: what matters comes before
/// it has been read.
/// </summary>
public sealed class FloodOnLocalAwsTests
{
    private const int Flood = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Planted_attack_is_an_alarm_before_the_flood_has_been_read_and_canary_and_guard_go_on()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Limits:Aws", "true")]);
        using var kms = aws.Kms();
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation)).KeyMetadata.Arn;
        await new FloodWriter(logs, "kmslab-trail", $"{LocalAwsHost.Account}_CloudTrail_{LocalAwsHost.Region}_7").WriteAsync(Flood, TimeProvider.System, Cancellation);

        await using var sentinel = await SentinelHost.StartAsync(
            aws.Url,
            ("Sentinel:ProtectedSets:vault:Keys:0", key),
            ("Sentinel:Evidence:TrailArns:0", $"arn:aws:cloudtrail:{LocalAwsHost.Region}:{LocalAwsHost.Account}:trail/kmslab"),
            ("Sentinel:Canary:KeyId", "alias/kmslab-canary"), ("Sentinel:Canary:CreateKey", "true"), ("Sentinel:Canary:Interval", "00:00:00.500"),
            ("Sentinel:Guard:Enabled", "true"), ("Sentinel:Guard:Interval", "00:00:00.500"), ("Sentinel:Flood:LookInterval", "00:00:01"),
            ("Sentinel:HeadInterval", "00:00:00.500"));
        await sentinel.JsonAsync("/api/status", status => Counted(status) > 0);
        await AttackAsync(kms, key);

        await sentinel.JsonAsync("/api/alarms", alarms => Has(alarms, "kms-error-burst"));
        Counted(await sentinel.JsonAsync("/api/status")).ShouldBeLessThan(Flood, "the alarm must not wait for the flood");

        var (canaries, looks) = (new HashSet<string>(), new HashSet<string>());
        await sentinel.JsonAsync("/api/status", status =>
        {
            if (Counted(status) >= Flood)
                return true;
            canaries.Add($"{status["canary"]?["lastCalledAt"]}");
            looks.Add($"{status["guard"]?["lastLookAt"]}");
            return false;
        });
        canaries.Count.ShouldBeGreaterThan(2);
        looks.Count.ShouldBeGreaterThan(2);

        await sentinel.JsonAsync("/api/alarms", alarms => Has(alarms, "evidence-flood"));
        await sentinel.JsonAsync($"/api/rates?operation={FloodWriter.Operation}", rates => Sum(rates) == Flood);
        await sentinel.JsonAsync("/api/status", status => status["sources"]![0]!["lastCompleteRead"] is not null);
    }

    private static async Task AttackAsync(AmazonKeyManagementServiceClient kms, string key)
    {
        var encrypted = await kms.EncryptAsync(new EncryptRequest { KeyId = key, Plaintext = new([1]), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);
        for (var call = 0; call < 3; call++)
        {
            encrypted.CiphertextBlob.Position = 0;
            await Should.ThrowAsync<InvalidCiphertextException>(
                () => kms.DecryptAsync(new DecryptRequest { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["a"] = "wrong" } }, Cancellation));
        }
    }

    private static bool Has(JsonNode alarms, string detection) => alarms.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == detection);

    private static long Counted(JsonNode status) => status["records"]!["counted"]!.GetValue<long>();

    private static long Sum(JsonNode rates) => rates["series"]!.AsArray().Sum(series => series!["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<long>()));
}
