using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>Test messages: the command, the API and the channels that they go to.</summary>
public sealed class NotifyTestTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Command_sends_on_each_channel_and_exits_with_0_when_all_were_sent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var mail = new MailServer();
        using var folder = new TempFolder();

        var (exitCode, output) = await RunAsync("notify-test", "--config", await ConfigAsync(folder, receiver, mail));

        exitCode.ShouldBe(0, output);
        foreach (var channel in new[] { "log", "webhook:ops", "pagerduty:oncall", "email:team" })
            output.ShouldContain($"{channel}: sent");
        var posts = new[] { await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync() };
        posts.Count(post => post.Headers.ContainsKey("webhook-signature")).ShouldBe(1);
        var pages = posts.Where(post => post.Path == "/v2/enqueue").Select(post => JsonNode.Parse(post.Body)!).ToList();
        pages.Select(page => page["event_action"]!.GetValue<string>()).ShouldBe(["trigger", "resolve"]);
        pages.Select(page => page["dedup_key"]!.GetValue<string>()).Distinct().ShouldHaveSingleItem();
        pages[0]["payload"]!["severity"]!.GetValue<string>().ShouldBe("info");
        (await mail.NextAsync()).Subject.ShouldBe("TEST (low) asked by notify-test: This is a test of the way that alarms take");
    }

    [Fact]
    public async Task Command_says_what_went_wrong_without_secrets_and_exits_with_1()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.React = post => (Reaction.Answer, post.Path == "/v2/enqueue" ? 202 : 403);
        await using var mail = new MailServer();
        using var folder = new TempFolder();
        var config = await ConfigAsync(folder, receiver, mail);

        var (exitCode, output) = await RunAsync("notify-test", "--config", config);
        exitCode.ShouldBe(1, output);
        output.ShouldContain($"webhook:ops: not sent. {receiver.Address.GetLeftPart(UriPartial.Authority)} answered 403 (Forbidden).");
        output.ShouldContain("pagerduty:oncall: sent");
        output.ShouldNotContain("hunter2");
        output.ShouldNotContain(Key);

        (await RunAsync("notify-test", "--config", config, "--channel", "email:team")).ExitCode.ShouldBe(0);
        var (unknown, told) = await RunAsync("notify-test", "--config", config, "--channel", "webhook:opps");
        unknown.ShouldBe(1);
        told.ShouldContain("There is no channel 'webhook:opps': did you mean 'webhook:ops'?");
    }

    [Fact]
    public async Task Api_sends_on_one_channel_and_names_the_nearest_for_one_that_is_not_there()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(
            "http://127.0.0.1:1", ("Sentinel:Notifications:Webhooks:ops:Url", receiver.Url), ("Sentinel:Notifications:Webhooks:ops:Secret", WebhookReceiver.Secret));

        using var sent = await PostAsync(sentinel, """{"channel":"webhook:ops"}""");
        using var wrong = await PostAsync(sentinel, """{"channel":"webhook:op"}""");
        using var misspelt = await PostAsync(sentinel, """{"chanel":"webhook:ops"}""");

        (await sent.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!.ToJsonString().ShouldBe("""[{"channel":"webhook:ops","sent":true,"problem":null}]""");
        JsonNode.Parse((await receiver.NextAsync()).Body)!["isTest"]!.GetValue<bool>().ShouldBeTrue();
        receiver.IsEmpty.ShouldBeTrue();
        ((int)wrong.StatusCode).ShouldBe(400);
        (await wrong.Content.ReadAsStringAsync(Cancellation)).ShouldContain("webhook:ops");
        ((int)misspelt.StatusCode).ShouldBe(400);
    }

    private static Task<HttpResponseMessage> PostAsync(SentinelHost sentinel, string body) => sentinel.SendAsync(new(HttpMethod.Post, "/api/notifications/test")
    {
        Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
    });

    private static async Task<string> ConfigAsync(TempFolder folder, WebhookReceiver receiver, MailServer mail)
    {
        var file = folder["sentinel.json"];
        await File.WriteAllTextAsync(
            file,
            JsonSerializer.Serialize(new
            {
                Sentinel = new
                {
                    Database = "Sqlite",
                    LogGroups = new[] { "group" },
                    Notifications = new
                    {
                        Webhooks = new { ops = new { receiver.Url, Secret = WebhookReceiver.Secret } },
                        PagerDuty = new { oncall = new { RoutingKey = Key, Url = new Uri(receiver.Address, "/v2/enqueue") } },
                        Email = new { team = new { Host = "127.0.0.1", mail.Port, Security = "None", From = "sentinel@example.com", To = new[] { "oncall@example.com" } } },
                    },
                },
                ConnectionStrings = new { sentinel = $"Data Source={folder["sentinel.db"]}" },
                AWS = new { Region = "eu-west-1" },
            }),
            Cancellation);
        return file;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var program = LabProcess.Start(arguments, program: "KmsLab.Sentinel");
        return (await program.WaitForExitAsync(), program.Output);
    }
}
