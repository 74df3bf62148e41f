using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Webhooks;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The webhook channel as the service registers it, against a real receiver.</summary>
public sealed class WebhookTests
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receiver_can_verify_who_sent_what_and_when()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sender = Sender(receiver);
        var notification = TestNotifications.Of();

        (await sender.SendAsync(notification)).ShouldBe(SendOutcome.Sent);

        var post = await receiver.NextAsync();
        post.Id.ShouldBe(notification.Id);
        post.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        post.Headers["User-Agent"].ShouldBe("KmsLab-Sentinel");
        post.Headers.ShouldNotContainKey("traceparent");
        post.Path.ShouldBe("/services/T0/path-hunter2?token=query-hunter2");
        var now = TimeProvider.System.GetUtcNow();
        WebhookReceiver.Verify(WebhookReceiver.Secret, post, now).ShouldBeTrue();
        WebhookReceiver.Verify("another-secret-than-that", post, now).ShouldBeFalse();
        WebhookReceiver.Verify(WebhookReceiver.Secret, post with { Body = post.Body + " " }, now).ShouldBeFalse();
        WebhookReceiver.Verify(WebhookReceiver.Secret, post, now.AddMinutes(6)).ShouldBeFalse();
        var json = JsonNode.Parse(post.Body)!;
        (json["id"]!.GetValue<string>(), json["state"]!.GetValue<string>(), json["severity"]!.GetValue<string>(), json["reminder"]!.GetValue<long>())
            .ShouldBe((notification.Id, "ALARM", "high", 0));
        json["evidence"]!.AsArray().Count.ShouldBe(2);
        json["evidenceTotal"]!.GetValue<long>().ShouldBe(20);
        json["link"]!.GetValue<string>().ShouldBe($"{ChannelBed.PageUrl}/alarms/0123456789abcdef");
    }

    [Fact]
    public void Signature_is_that_of_the_standards_example()
    {
        // The example of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://example.com");

        new WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .Sign(request, "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}""");

        request.Headers.GetValues("webhook-signature").ShouldBe(["v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="]);
        request.Headers.GetValues("webhook-id").ShouldBe(["msg_p5jXN8AQM9LWM0D4loKWxJek"]);
        request.Headers.GetValues("webhook-timestamp").ShouldBe(["1614265330"]);
    }

    [Fact]
    public async Task Secret_and_address_come_from_files_that_are_read_at_the_start()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["url"], receiver.Url + "\n", Cancellation);
        await File.WriteAllTextAsync(folder["secret"], WebhookReceiver.Secret + "\n", Cancellation);
        await using var sender = new ChannelBed([("Sentinel:Notifications:Webhooks:ops:UrlFile", folder["url"]), ("Sentinel:Notifications:Webhooks:ops:SecretFile", folder["secret"])]);

        (await sender.SendAsync(TestNotifications.Of())).ShouldBe(SendOutcome.Sent);

        var post = await receiver.NextAsync();
        post.Path.ShouldBe("/services/T0/path-hunter2?token=query-hunter2");
        WebhookReceiver.Verify(WebhookReceiver.Secret, post, TimeProvider.System.GetUtcNow()).ShouldBeTrue();
    }

    [Fact]
    public async Task Slack_gets_blocks_with_a_colour_and_a_button_and_needs_no_secret()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sender = Sender(receiver, settings: [("Format", "Slack"), ("Secret", "")]);

        (await sender.SendAsync(TestNotifications.Related())).ShouldBe(SendOutcome.Sent);

        var post = await receiver.NextAsync();
        post.Headers.ShouldNotContainKey("webhook-signature");
        var message = JsonNode.Parse(post.Body)!;
        message["text"]!.GetValue<string>().ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        var attachment = message["attachments"]!.AsArray().ShouldHaveSingleItem()!;
        attachment["color"]!.GetValue<string>().ShouldBe("#ea580c");
        attachment["fallback"]!.GetValue<string>().ShouldContain("the role &lt;kmslab-cryptoapi&gt; &amp; friends");
        SlackRules.Check(message);
        attachment["blocks"]!.ToJsonString(Unescaped).ShouldContain("the role &lt;kmslab-cryptoapi&gt; &amp; friends");
        var button = attachment["blocks"]!.AsArray().Single(block => block!["type"]!.GetValue<string>() == "actions")!["elements"]![0]!;
        button["url"]!.GetValue<string>().ShouldBe($"{ChannelBed.PageUrl}/alarms/0123456789abcdef");
        attachment["blocks"]!.ToJsonString(Unescaped).ShouldContain($"<{ChannelBed.PageUrl}/alarms/fedcba9876543210|(critical) A key is to be destroyed>");
    }

    [Fact]
    public async Task Slack_takes_the_longest_message_and_says_that_an_alarm_is_over_in_green()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sender = Sender(receiver, settings: [("Format", "Slack"), ("Secret", "")]);

        (await sender.SendAsync(TestNotifications.Of(50, 3_000, title: new string('t', 500), state: AlarmState.Ok) with { Why = new string('<', 10_000) })).ShouldBe(SendOutcome.Sent);

        var message = JsonNode.Parse((await receiver.NextAsync()).Body)!;
        SlackRules.Check(message);
        message["text"]!.GetValue<string>().ShouldStartWith("RESOLVED (high) ");
        message["attachments"]![0]!["color"]!.GetValue<string>().ShouldBe("#15803d");
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card_that_its_schema_allows()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sender = Sender(receiver, settings: [("Format", "Teams"), ("Secret", "")]);

        (await sender.SendAsync(TestNotifications.Related())).ShouldBe(SendOutcome.Sent);
        (await sender.SendAsync(TestNotifications.Of(50, 3_000) with { Why = new string('*', 10_000) })).ShouldBe(SendOutcome.Sent);

        var post = await receiver.NextAsync();
        var card = AdaptiveCardRules.Check(post.Body);
        card["body"]![0]!["style"]!.GetValue<string>().ShouldBe("attention");
        card["body"]![0]!["items"]![0]!["text"]!.GetValue<string>().ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        card["actions"]![0]!["url"]!.GetValue<string>().ShouldBe($"{ChannelBed.PageUrl}/alarms/0123456789abcdef");
        card["body"]!.AsArray().Single(part => part!["type"]!.GetValue<string>() == "FactSet")!["facts"]!.AsArray()
            .Select(fact => fact!["title"]!.GetValue<string>()).ShouldBe(["Who", "What", "Where", "Key", "When", "Detection"]);
        AdaptiveCardRules.Check((await receiver.NextAsync()).Body);
    }

    [Theory]
    [InlineData(200, nameof(SendOutcomeKind.Sent))]
    [InlineData(204, nameof(SendOutcomeKind.Sent))]
    [InlineData(302, nameof(SendOutcomeKind.Refused))]
    [InlineData(400, nameof(SendOutcomeKind.Refused))]
    [InlineData(404, nameof(SendOutcomeKind.Refused))]
    [InlineData(410, nameof(SendOutcomeKind.Refused))]
    [InlineData(408, nameof(SendOutcomeKind.Failed))]
    [InlineData(429, nameof(SendOutcomeKind.Failed))]
    [InlineData(500, nameof(SendOutcomeKind.Failed))]
    [InlineData(503, nameof(SendOutcomeKind.Failed))]
    public async Task Answer_decides_whether_it_is_sent_tried_again_or_given_up(int status, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (Reaction.Answer, status);
        receiver.AnswerHeaders["Location"] = "/elsewhere";
        await using var sender = Sender(receiver);

        var outcome = await sender.SendAsync(TestNotifications.Of());

        outcome.Kind.ToString().ShouldBe(expected);
        if (expected != nameof(SendOutcomeKind.Sent))
            outcome.Problem!.ShouldStartWith($"{receiver.Address.GetLeftPart(UriPartial.Authority)} answered {status} (");
        await receiver.NextAsync();
        receiver.IsEmpty.ShouldBeTrue("one attempt is one request: no redirect is followed, nothing is tried again here");
    }

    [Fact]
    public async Task Busy_receiver_says_when_to_come_back()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (Reaction.Answer, 429);
        receiver.AnswerHeaders["Retry-After"] = "120";
        await using var sender = Sender(receiver);

        (await sender.SendAsync(TestNotifications.Of())).RetryAfter.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(Reaction.Hang, "gave no answer within 0.2 s.")]
    [InlineData(Reaction.Reset, "can't be reached: ")]
    public async Task Receiver_that_hangs_or_resets_is_tried_again(Reaction reaction, string problem)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (reaction, 200);
        await using var sender = Sender(receiver, impatient: true);

        var outcome = await sender.SendAsync(TestNotifications.Of());

        outcome.Kind.ShouldBe(SendOutcomeKind.Failed);
        outcome.Problem!.ShouldContain(problem);
    }

    [Fact]
    public async Task Nothing_secret_of_a_webhook_is_logged_traced_or_told()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var spans = new List<string>();
        using var listener = new ActivityListener
        {
            // The receiver runs in this process too, and knows its own address.
            ShouldListenTo = source => source.Name != "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add($"{span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var sender = Sender(receiver, impatient: true);
        var told = new List<string?>();
        foreach (var reaction in (Reaction[])[Reaction.Answer, Reaction.Hang, Reaction.Reset])
        {
            receiver.React = _ => (reaction, 400);
            told.Add((await sender.SendAsync(TestNotifications.Of())).Problem);
        }

        string[] all = [.. sender.Logs, .. spans, .. told.OfType<string>()];
        all.ShouldNotBeEmpty();
        all.ShouldAllBe(text => !text.Contains("hunter2") && !text.Contains(WebhookReceiver.Secret));
    }

    [Fact]
    public async Task Alarm_reaches_a_webhook_once_it_is_up_with_one_id_and_the_log_meanwhile()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var posts = 0;
        receiver.React = _ => (Reaction.Answer, ++posts <= 2 ? 503 : 200);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url, Settings(receiver));
        using var attempts = sentinel.Collect("kmslab.sentinel.delivery.attempts");
        using var kms = aws.Kms();
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<Amazon.KeyManagementService.AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new Amazon.KeyManagementService.Model.DecryptRequest { CiphertextBlob = new MemoryStream(new byte[64]) }, Cancellation));

        var failing = await sentinel.JsonAsync("/api/status", status => Channel(status, "webhook:ops")?["state"]!.GetValue<string>() == "failing");
        Channel(failing, "webhook:ops")!["problem"]!.GetValue<string>().ShouldEndWith("answered 503 (ServiceUnavailable).");
        var first = await receiver.NextAsync();
        await sentinel.JsonAsync("/api/status", status => Channel(status, "webhook:ops")?["lastSent"] is not null);

        var ids = new[] { first.Id, (await receiver.NextAsync()).Id, (await receiver.NextAsync()).Id };
        ids.Distinct().ShouldHaveSingleItem();
        Outcomes("webhook:ops", "failed").ShouldBe(2);
        Outcomes("webhook:ops", "sent").ShouldBe(1);
        Outcomes("log", "sent").ShouldBe(1);

        long Outcomes(string channel, string outcome) => attempts.GetMeasurementSnapshot()
            .Where(m => (string?)m.Tags["channel"] == channel && (string?)m.Tags["outcome"] == outcome).Sum(m => m.Value);
    }

    [Fact]
    public async Task Wrong_channels_are_named_at_start_all_at_once()
    {
        var problem = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ("Sentinel:Notifications:Sns:TopicArn", "alarms"),
            ("Sentinel:Notifications:Webhooks:a:Url", "hooks.example.com"),
            ("Sentinel:Notifications:Webhooks:a:Secret", "short-hunter2"),
            ("Sentinel:Notifications:Webhooks:b:Url", "http://hooks.example.com"),
            ("Sentinel:Notifications:Webhooks:b:Secret", WebhookReceiver.Secret),
            ("Sentinel:Notifications:Webhooks:c:Url", "https://user:hunter2@hooks.example.com"),
            ("Sentinel:Notifications:Webhooks:c:Format", "Slack"),
            ("Sentinel:Notifications:WebhookTimeout", "00:00:00"),
            ("Sentinel:Notifications:GiveUpAfter", "3.00:00:00")));

        problem.Failures.Count().ShouldBe(7);
        problem.Message.ShouldContain("Sentinel:Notifications:Sns:TopicArn must be a topic's ARN");
        problem.Message.ShouldContain("Sentinel:Notifications:Webhooks:a:Url must be an address");
        problem.Message.ShouldContain("Sentinel:Notifications:Webhooks:b:Url is http: use https");
        problem.Message.ShouldContain("openssl rand -hex 32");
        problem.Message.ShouldNotContain("hunter2");
    }

    private static (string, string?)[] Settings(WebhookReceiver receiver, params (string Key, string Value)[] more) =>
    [
        ("Sentinel:Notifications:Webhooks:ops:Url", receiver.Url),
        ("Sentinel:Notifications:Webhooks:ops:Secret", WebhookReceiver.Secret),
        .. more.Select(setting => ($"Sentinel:Notifications:Webhooks:ops:{setting.Key}", (string?)setting.Value)),
    ];

    private static JsonNode? Channel(JsonNode status, string name) => status["channels"]!.AsArray().SingleOrDefault(channel => channel!["name"]!.GetValue<string>() == name);

    private static ChannelBed Sender(WebhookReceiver receiver, bool impatient = false, params (string Key, string Value)[] settings) => new(
        [.. Settings(receiver, settings), ("Sentinel:Notifications:WebhookTimeout", impatient ? "00:00:00.2" : "00:00:30")]);
}
