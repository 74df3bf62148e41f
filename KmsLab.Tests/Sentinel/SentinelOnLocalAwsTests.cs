using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;
using InvalidCiphertextException = Amazon.KeyManagementService.Model.InvalidCiphertextException;

namespace KmsLab.Tests.Sentinel;

/// <summary>Sentinel against LocalAws over HTTP: real KMS calls in, alarms out.</summary>
public sealed class SentinelOnLocalAwsTests
{
    private const string Attacker = "arn:aws:iam::000000000000:user/AKIALABTEST000000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_wrong_key_raises_an_alarm_with_evidence_that_ends_and_is_raised_again()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url, ("Sentinel:Detections:kms-error-burst:Window", "00:00:02"));
        using var kms = aws.Kms();
        var (keyArn, ciphertext) = await EncryptAsync(kms);

        await DecryptWronglyAsync(kms, ciphertext);
        await DecryptWronglyAsync(kms, ciphertext);
        var alarm = (await sentinel.JsonAsync("/api/alarms", alarms => State(alarms) == "ALARM"))[0]!;

        alarm["detection"]!.GetValue<string>().ShouldBe("kms-error-burst");
        alarm["severity"]!.GetValue<string>().ShouldBe("high");
        alarm["group"]!["principal"]!.GetValue<string>().ShouldBe(Attacker);
        alarm["observed"]!.GetValue<long>().ShouldBe(2);
        alarm["threshold"]!.GetValue<long>().ShouldBe(2);
        alarm["window"]!.GetValue<double>().ShouldBe(2);
        foreach (var evidence in alarm["evidence"]!.AsArray())
        {
            evidence!["eventName"]!.GetValue<string>().ShouldBe("Decrypt");
            evidence["principal"]!.GetValue<string>().ShouldBe(Attacker);
            evidence["keyArn"]!.GetValue<string>().ShouldBe(keyArn);
            evidence["errorCode"]!.GetValue<string>().ShouldBe("InvalidCiphertextException");
            evidence["sourceIp"]!.GetValue<string>().ShouldBe("127.0.0.1");
            Guid.TryParse(evidence["eventId"]!.GetValue<string>(), out _).ShouldBeTrue();
            evidence["eventTime"]!.GetValue<string>().ShouldEndWith("Z");
        }

        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms) == "OK");
        await DecryptWronglyAsync(kms, ciphertext);
        await DecryptWronglyAsync(kms, ciphertext);
        var again = await sentinel.JsonAsync($"/api/alarms/{alarm["id"]!.GetValue<string>()}", answer => answer["state"]!.GetValue<string>() == "ALARM");
        again["occurrence"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task Rates_show_each_call_by_key_principal_operation_and_outcome()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        using var kms = aws.Kms();
        var (keyArn, ciphertext) = await EncryptAsync(kms);

        for (var call = 0; call < 3; call++)
            await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = Stream(ciphertext), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);

        var rates = await sentinel.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) == 3);
        var series = rates["series"]![0]!;
        series["keyArn"]!.GetValue<string>().ShouldBe(keyArn);
        series["principal"]!.GetValue<string>().ShouldBe(Attacker);
        series["outcome"]!.GetValue<string>().ShouldBe("Success");
        series.AsObject().ContainsKey("service").ShouldBeTrue();
        series["service"].ShouldBeNull();
        series["buckets"]![0]!["seconds"]!.GetValue<double>().ShouldBe(60);
        rates["asOf"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        rates["lagSeconds"]!.GetValue<double>().ShouldBeGreaterThan(0);

        using var collected = sentinel.Collect("kmslab.sentinel.records");
        await kms.ListKeysAsync(new ListKeysRequest(), Cancellation);
        await sentinel.JsonAsync("/api/rates?operation=ListKeys", rates => Count(rates) == 1);
        collected.GetMeasurementSnapshot().Where(m => (string?)m.Tags["result"] == "counted").Sum(m => m.Value).ShouldBe(1);
    }

    [Fact]
    public async Task Every_call_is_counted_once_when_delivery_is_late_disorderly_and_repeated()
    {
        await using var aws = await LocalAwsHost.StartAsync(
        [
            ("LocalAws:Delivery:MaxDelay", "00:00:00.500"), ("LocalAws:Delivery:Shuffle", "true"), ("LocalAws:Delivery:DuplicatePercent", "50"), ("LocalAws:Delivery:Streams", "3"),
        ]);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        using var kms = aws.Kms();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => kms.ListKeysAsync(new ListKeysRequest(), Cancellation)));

        await sentinel.JsonAsync("/api/rates?operation=ListKeys", rates => Count(rates) == 100);
    }

    [Fact]
    public async Task Event_history_alone_is_enough_where_there_is_no_trail()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url, ("Sentinel:LogGroups:0", null), ("Sentinel:EventHistory", "true"));
        using var kms = aws.Kms();

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => kms.ListKeysAsync(new ListKeysRequest(), Cancellation)));

        await sentinel.JsonAsync("/api/rates?operation=ListKeys", rates => Count(rates) == 60);
        (await sentinel.JsonAsync("/api/status"))["sources"]![0]!["name"]!.GetValue<string>().ShouldBe("event-history");
    }

    [Fact]
    public async Task Malformed_log_event_is_shown_in_status_and_stops_nothing()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        using var kms = aws.Kms();
        await logs.CreateLogStreamAsync(new() { LogGroupName = "kmslab-trail", LogStreamName = "odd" }, Cancellation);

        await logs.PutLogEventsAsync(
            new()
            {
                LogGroupName = "kmslab-trail",
                LogStreamName = "odd",
                LogEvents = [new InputLogEvent { Message = """{"eventSource":"kms.amazonaws.com","eventTime":"noon"}""", Timestamp = Now() }],
            },
            Cancellation);
        await kms.ListKeysAsync(new ListKeysRequest(), Cancellation);

        await sentinel.JsonAsync("/api/rates?operation=ListKeys", rates => Count(rates) == 1);
        var status = await sentinel.JsonAsync("/api/status", status => status["records"]!["malformed"]!.GetValue<long>() == 1);
        status["malformed"]![0]!["origin"]!.GetValue<string>().ShouldStartWith("odd/");
        status["sources"]![0]!["state"]!.GetValue<string>().ShouldBe("reading");
    }

    [Fact]
    public async Task Sentinel_waits_for_a_log_group_that_does_not_exist_yet()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        var waiting = await sentinel.JsonAsync("/api/status", status => status["sources"]![0]!["state"]!.GetValue<string>() == "waiting");
        waiting["sources"]![0]!["problem"]!.GetValue<string>().ShouldContain("kmslab-trail does not exist yet");
        (await sentinel.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        await logs.CreateLogGroupAsync(new() { LogGroupName = "kmslab-trail" }, Cancellation);

        await sentinel.JsonAsync("/api/status", status => status["sources"]![0]!["state"]!.GetValue<string>() == "reading");
    }

    private static async Task<(string KeyArn, byte[] Ciphertext)> EncryptAsync(AmazonKeyManagementServiceClient kms)
    {
        var key = await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
        var encrypted = await kms.EncryptAsync(
            new EncryptRequest { KeyId = key.KeyMetadata.KeyId, Plaintext = Stream(Encoding.UTF8.GetBytes("text")), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);
        return (key.KeyMetadata.Arn, encrypted.CiphertextBlob.ToArray());
    }

    private static Task DecryptWronglyAsync(AmazonKeyManagementServiceClient kms, byte[] ciphertext) => Should.ThrowAsync<InvalidCiphertextException>(
        () => kms.DecryptAsync(new DecryptRequest { CiphertextBlob = Stream(ciphertext), EncryptionContext = new() { ["a"] = "wrong" } }, Cancellation));

    private static MemoryStream Stream(byte[] bytes) => new(bytes);

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string? State(JsonNode alarms) => alarms.AsArray().SingleOrDefault()?["state"]!.GetValue<string>();

    private static long Count(JsonNode rates) =>
        rates["series"]!.AsArray().Sum(series => series!["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<long>()));
}
