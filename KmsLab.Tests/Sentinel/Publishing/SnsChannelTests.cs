using System.Text;
using System.Text.Json.Nodes;
using Amazon.SimpleNotificationService;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Sns;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The SNS channel through the SDK client to LocalAws' SNS, and on to a subscriber.</summary>
public sealed class SnsChannelTests : IAsyncLifetime
{
    private LocalAwsHost _aws = null!;
    private AmazonSimpleNotificationServiceClient _sns = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync();
        _sns = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonSimpleNotificationServiceConfig()));
    }

    public async ValueTask DisposeAsync()
    {
        _sns.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Subscriber_gets_json_with_attributes_that_filter_policies_match()
    {
        await using var everything = await SnsEndpoint.StartAsync();
        await using var critical = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, everything);
        await SubscribeAsync(topic, critical, """{"severity":["critical"],"state":["ALARM"]}""");
        var channel = Channel(new() { TopicArn = topic });

        (await channel.SendAsync(TestNotifications.Of(), Cancellation)).ShouldBe(SendOutcome.Sent);
        (await channel.SendAsync(TestNotifications.Of(severity: Severity.Critical, state: AlarmState.Ok), Cancellation)).ShouldBe(SendOutcome.Sent);
        (await channel.SendAsync(TestNotifications.Of(severity: Severity.Critical) with { Reminder = 1 }, Cancellation)).ShouldBe(SendOutcome.Sent);

        var matched = await critical.NextAsync();
        matched["Subject"].ShouldBe("STILL ALARM (critical) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        Attributes(matched).ShouldBe(new Dictionary<string, string> { ["severity"] = "critical", ["detection"] = "kms-error-burst", ["state"] = "ALARM", ["reminder"] = "true", ["news"] = "false" }, ignoreOrder: true);
        critical.IsEmpty.ShouldBeTrue();
        var subjects = new[] { (await everything.NextAsync())["Subject"], (await everything.NextAsync())["Subject"], (await everything.NextAsync())["Subject"] };
        subjects.ShouldContain("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        subjects.ShouldContain("RESOLVED (critical) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        var json = JsonNode.Parse(matched["Message"]!)!;
        (json["id"]!.GetValue<string>(), json["evidence"]!.AsArray().Count, json["runbook"]!.AsArray().Count).ShouldBe((TestNotifications.Of().Id, 2, 2));
    }

    [Fact]
    public async Task Email_gets_text_beside_json_for_others()
    {
        var topic = await TopicAsync();
        await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "sms", Endpoint = "+15550100" }, Cancellation);
        using var http = new HttpClient();

        await Channel(new() { TopicArn = topic }).SendAsync(TestNotifications.Of(), Cancellation);

        var mail = JsonNode.Parse(await http.GetStringAsync(new Uri($"{_aws.Url}/_localaws/mail?to=%2B15550100"), Cancellation))!;
        mail[0]!["body"]!.GetValue<string>().ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
    }

    [Fact]
    public async Task Text_is_for_everybody_where_it_is_asked_for()
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, endpoint);

        await Channel(new() { TopicArn = topic, Format = SnsFormat.Text }).SendAsync(TestNotifications.Of(), Cancellation);

        var lines = (await endpoint.NextAsync())["Message"]!.Split('\n');
        lines[0].ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        lines.ShouldContain($"principal: {TestRecords.RoleArn}");
        lines.ShouldContain("2 within 60 s, the threshold is 2");
        lines.ShouldContain("When: 2026-11-23T12:00:00Z to 2026-11-23T12:00:02Z");
        lines.ShouldContain("20 records in all");
        lines.ShouldContain("- aws iam list-attached-role-policies --role-name kmslab-cryptoapi");
    }

    [Theory]
    [InlineData("Json", 50, 3_000)]
    [InlineData("Text", 50, 3_000)]
    [InlineData("Json", 1, 300_000)]
    public async Task Message_that_would_be_too_long_loses_its_oldest_evidence_and_says_the_total(string format, int evidence, int padding)
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, endpoint);
        var notification = TestNotifications.Of(evidence, padding);

        (await Channel(new() { TopicArn = topic, Format = Enum.Parse<SnsFormat>(format) }).SendAsync(notification, Cancellation)).ShouldBe(SendOutcome.Sent);

        var message = (await endpoint.NextAsync())["Message"]!;
        Encoding.UTF8.GetByteCount(message).ShouldBeLessThan(256 * 1024);
        message.ShouldContain(format == "Json" ? $"\"evidenceTotal\":{evidence * 10}," : $"{evidence * 10} records in all");
        message.ShouldNotContain("event-0");
        if (evidence > 1)
            message.ShouldContain("event-49");
    }

    [Fact]
    public async Task Group_that_alone_is_too_long_is_cut_and_the_message_leaves()
    {
        var topic = await TopicAsync();
        var notification = TestNotifications.Of() with { Group = new Dictionary<string, string> { ["principal"] = new string('x', 300_000) }, Why = new string('y', 300_000) };

        (await Channel(new() { TopicArn = topic }).SendAsync(notification, Cancellation)).ShouldBe(SendOutcome.Sent);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two\r\nlines\tand a tab", "two??lines?and a tab")]
    [InlineData("schlüssel ß", "schlussel ?")]
    public void Subject_is_ascii_on_one_line(string title, string expected) => SnsChannel.Subject(title).ShouldBe(expected);

    [Theory]
    [InlineData(99, 99)]
    [InlineData(100, 99)]
    public void Subject_is_under_100_characters(int length, int expected) => SnsChannel.Subject(new string('x', length)).Length.ShouldBe(expected);

    [Fact]
    public async Task Topic_that_is_missing_is_tried_again_and_a_message_that_sns_will_not_have_is_not()
    {
        var missing = await Channel(new() { TopicArn = (await TopicAsync()).Replace("alarms", "gone") }).SendAsync(TestNotifications.Of(), Cancellation);
        var refused = await Channel(new() { TopicArn = "no-arn" }).SendAsync(TestNotifications.Of(), Cancellation);

        missing.Kind.ShouldBe(SendOutcomeKind.Failed);
        missing.Problem!.ShouldStartWith("NotFound");
        refused.Kind.ShouldBe(SendOutcomeKind.Refused);
    }

    [Fact]
    public async Task Endpoint_that_is_down_is_tried_again()
    {
        await _aws.DisposeAsync();
        var channel = Channel(new() { TopicArn = "arn:aws:sns:us-east-1:000000000000:alarms" });

        var outcome = await channel.SendAsync(TestNotifications.Of(), Cancellation);
        _aws = await LocalAwsHost.StartAsync();

        outcome.Kind.ShouldBe(SendOutcomeKind.Failed);
    }

    [Fact]
    public async Task Alarm_of_the_service_reaches_the_topic_once()
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, endpoint);
        await using var sentinel = await SentinelHost.StartAsync(_aws.Url, ("Sentinel:Notifications:Sns:TopicArn", topic));
        using var kms = _aws.Kms();
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<Amazon.KeyManagementService.AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new Amazon.KeyManagementService.Model.DecryptRequest { CiphertextBlob = new MemoryStream(new byte[64]) }, Cancellation));

        var post = await endpoint.NextAsync();

        JsonNode.Parse(post["Message"]!)!["detection"]!.GetValue<string>().ShouldBe("kms-error-burst");
        await sentinel.JsonAsync("/api/status", status => status["channels"]!.AsArray().Any(channel => channel!["name"]!.GetValue<string>() == "sns" && channel["lastSent"] is not null));
        endpoint.IsEmpty.ShouldBeTrue();
    }

    private SnsChannel Channel(SnsOptions options) => new(_sns, options, new(new()));

    private async Task<string> TopicAsync() => (await _sns.CreateTopicAsync(new() { Name = "alarms" }, Cancellation)).TopicArn;

    private async Task SubscribeAsync(string topic, SnsEndpoint endpoint, string? filter = null)
    {
        await _sns.SubscribeAsync(
            new() { TopicArn = topic, Protocol = "http", Endpoint = endpoint.Url, Attributes = filter is null ? [] : new() { ["FilterPolicy"] = filter } }, Cancellation);
        using var http = new HttpClient();
        await http.GetStringAsync(new Uri((await endpoint.NextAsync())["SubscribeURL"]!), Cancellation);
    }

    private static Dictionary<string, string> Attributes(SnsPost post) =>
        JsonNode.Parse(post.Body)!["MessageAttributes"]!.AsObject().ToDictionary(attribute => attribute.Key, attribute => attribute.Value!["Value"]!.GetValue<string>());
}
