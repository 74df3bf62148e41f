using System.Text.Json.Nodes;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The heartbeat of the running service to a real receiver.</summary>
public sealed class HeartbeatTests
{
    private const string At = "Sentinel:Notifications:Heartbeat";

    [Theory]
    [InlineData("Get")]
    [InlineData("Post")]
    public async Task Beats_while_Sentinel_works_and_stops_when_it_no_longer_reads(string method)
    {
        var aws = await LocalAwsHost.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sentinel = await StartAsync(aws.Url, receiver, ($"{At}:Method", method));

        var beat = await receiver.NextAsync();
        await receiver.NextAsync();
        (beat.Method, beat.Path, beat.Body).ShouldBe((method.ToUpperInvariant(), "/services/T0/path-hunter2?token=query-hunter2", ""));
        var beating = await sentinel.JsonAsync("/api/status", status => State(status) == "beating");
        beating["heartbeat"]!["lastSent"].ShouldNotBeNull();

        await aws.DisposeAsync();
        var withheld = await sentinel.JsonAsync("/api/status", status => State(status) == "withheld");
        withheld["heartbeat"]!["problem"]!.GetValue<string>().ShouldStartWith("Source: failing.");
        withheld["heartbeat"]!["lastSent"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Receiver_that_refuses_is_told_in_the_status_without_its_secret()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = _ => (Reaction.Answer, 404);
        await using var sentinel = await StartAsync(aws.Url, receiver);

        var failing = await sentinel.JsonAsync("/api/status", status => State(status) == "failing");

        failing["heartbeat"]!["problem"]!.GetValue<string>().ShouldBe($"{receiver.Address.GetLeftPart(UriPartial.Authority)} answered 404 (NotFound).");
        failing.ToJsonString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Sentinel_that_reads_nothing_yet_does_not_beat()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sentinel = await StartAsync("http://127.0.0.1:1", receiver);

        await sentinel.JsonAsync("/api/status", status => State(status) == "withheld");

        receiver.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Canary_that_can_not_be_called_stops_the_heart()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sentinel = await StartAsync(aws.Url, receiver, ("Sentinel:Canary:KeyId", "alias/there-is-none"));

        var withheld = await sentinel.JsonAsync("/api/status", status => status["heartbeat"]!["problem"]?.GetValue<string>().StartsWith("Canary: can't call.", StringComparison.Ordinal) == true);

        State(withheld).ShouldBe("withheld");
    }

    [Fact]
    public async Task Without_an_address_there_is_no_heartbeat()
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");

        (await sentinel.JsonAsync("/api/status"))["heartbeat"].ShouldBeNull();
    }

    private static string? State(JsonNode status) => status["heartbeat"]?["state"]?.GetValue<string>();

    private static Task<SentinelHost> StartAsync(string aws, WebhookReceiver receiver, params (string Key, string? Value)[] settings) =>
        SentinelHost.StartAsync(aws, [($"{At}:Url", receiver.Url), ($"{At}:Interval", "1s"), .. settings]);
}
