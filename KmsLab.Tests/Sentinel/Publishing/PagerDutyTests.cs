using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The PagerDuty channel against a real receiver, by the fields of https://developer.pagerduty.com/docs/send-alert-event.</summary>
public sealed class PagerDutyTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Alarm_triggers_is_acknowledged_and_resolved_under_one_key()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (Reaction.Answer, 202);
        await using var sender = Bed(receiver);

        (await sender.SendAsync(TestNotifications.Related())).ShouldBe(SendOutcome.Sent);
        (await sender.SendAsync(TestNotifications.Of() with { AcknowledgedBy = "alice" })).ShouldBe(SendOutcome.Sent);
        (await sender.SendAsync(TestNotifications.Of(state: AlarmState.InsufficientData))).ShouldBe(SendOutcome.Sent);
        (await sender.SendAsync(TestNotifications.Of(state: AlarmState.Ok))).ShouldBe(SendOutcome.Sent);

        var sent = new List<JsonNode>();
        for (var n = 0; n < 4; n++)
            sent.Add(Checked(await receiver.NextAsync()));
        sent.Select(each => each["event_action"]!.GetValue<string>()).ShouldBe(["trigger", "acknowledge", "trigger", "resolve"]);
        sent.Select(each => each["dedup_key"]!.GetValue<string>()).Distinct().ShouldBe(["kmslab-sentinel-0123456789abcdef"]);
        var payload = sent[0]["payload"]!;
        payload["summary"]!.GetValue<string>().ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        payload["severity"]!.GetValue<string>().ShouldBe("error");
        payload["class"]!.GetValue<string>().ShouldBe("kms-error-burst");
        payload["group"]!.GetValue<string>().ShouldBe("fedcba9876543210", "the more severe alarm leads the incident");
        sent[0]["links"]!.AsArray().Select(link => link!["href"]!.GetValue<string>()).ShouldBe([$"{ChannelBed.PageUrl}/alarms/0123456789abcdef", $"{ChannelBed.PageUrl}/alarms/fedcba9876543210"]);
    }

    [Theory]
    [InlineData("Low", "info")]
    [InlineData("Medium", "warning")]
    [InlineData("High", "error")]
    [InlineData("Critical", "critical")]
    public async Task Severity_is_one_of_pagerdutys(string severity, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sender = Bed(receiver);

        await sender.SendAsync(TestNotifications.Of(50, 20_000, severity: Enum.Parse<Severity>(severity), title: new string('x', 2_000)));

        Checked(await receiver.NextAsync())["payload"]!["severity"]!.GetValue<string>().ShouldBe(expected);
    }

    [Theory]
    [InlineData(400, nameof(SendOutcomeKind.Refused))]
    [InlineData(429, nameof(SendOutcomeKind.Failed))]
    [InlineData(500, nameof(SendOutcomeKind.Failed))]
    public async Task Answer_decides_and_the_key_stands_nowhere(int status, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (Reaction.Answer, status);
        await using var sender = Bed(receiver);

        var outcome = await sender.SendAsync(TestNotifications.Of());

        outcome.Kind.ToString().ShouldBe(expected);
        sender.Logs.Append(outcome.Problem!).ShouldAllBe(text => !text.Contains(Key));
    }

    [Theory]
    [InlineData("", "must be the 32 letters")]
    [InlineData("hunter2", "must be the 32 letters")]
    public async Task Wrong_key_is_told_at_the_start_and_not_shown(string key, string problem)
    {
        var invalid = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1", ("Sentinel:Notifications:PagerDuty:oncall:RoutingKey", key), ("Sentinel:Notifications:PagerDuty:oncall:MinimumSeverity", "High")));

        invalid.Message.ShouldContain(problem);
        invalid.Message.ShouldNotContain("hunter2");
    }

    private static ChannelBed Bed(WebhookReceiver receiver) => new(
        [("Sentinel:Notifications:PagerDuty:oncall:RoutingKey", Key), ("Sentinel:Notifications:PagerDuty:oncall:Url", new Uri(receiver.Address, "/v2/enqueue").ToString())]);

    private static JsonNode Checked(WebhookPost post)
    {
        post.Path.ShouldBe("/v2/enqueue");
        post.Headers["Content-Type"].ShouldBe("application/json");
        post.Body.Length.ShouldBeLessThan(512 * 1024);
        var sent = JsonNode.Parse(post.Body)!;
        sent["routing_key"]!.GetValue<string>().ShouldBe(Key);
        sent["dedup_key"]!.GetValue<string>().Length.ShouldBeInRange(1, 255);
        var payload = sent["payload"]!;
        payload["summary"]!.GetValue<string>().Length.ShouldBeInRange(1, 1024);
        payload["source"]!.GetValue<string>().ShouldNotBeEmpty();
        DateTimeOffset.TryParse(payload["timestamp"]!.GetValue<string>(), out _).ShouldBeTrue();
        return sent;
    }
}
