using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.InProcess;
using KmsLab.Tests.Sentinel.Publishing;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>
/// A drill of somebody on call, on a desktop and on a phone: from the notification to the closed finding. Each of the six questions (what, who, from where,
/// which key, which records, what now) must be answered by what is on the page.
/// </summary>
public sealed class OnCallDrillTests(Browser browser) : IClassFixture<Browser>
{
    private const string Stranger = "AKIASTRANGER00000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280, 900)]
    [InlineData(390, 844)]
    public async Task Drill_goes_from_the_notification_to_the_closed_finding(int width, int height)
    {
        using var folder = new TempFolder();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var lab = await InProcessLab.StartAsync(
            folder.Path,
            ("Sentinel:Notifications:Webhooks:oncall:Url", receiver.Address.ToString()), ("Sentinel:Notifications:Webhooks:oncall:AllowHttp", "true"),
            ("Sentinel:Notifications:Webhooks:oncall:Secret", WebhookReceiver.Secret),
            ("Sentinel:Names:Accounts:000000000000", "the lab"));
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await StealAsync(lab);
        var alarm = await NotifiedAsync(receiver, "unattested-call");
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, width, height);
        await browsed.GoAsync($"/alarms/{alarm}");
        var page = browsed.Page;

        (await BlockAsync(page, "What")).ShouldContain("called Encrypt on a key of vault");
        (await BlockAsync(page, "Who")).ShouldContain($"user/{Stranger}");
        (await BlockAsync(page, "Who")).ShouldContain("the lab");
        (await page.GetByRole(AriaRole.Region, new() { Name = "Who" }).Locator("code").AllInnerTextsAsync()).ShouldContain(Stranger);
        (await BlockAsync(page, "From where")).ShouldContain("127.0.0.1");
        (await BlockAsync(page, "Which key")).ShouldContain("alias/kmslab");

        // Which records: the record as CloudTrail wrote it is a click away, with its encryption context.
        await page.Locator(".records tbody tr").First.GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("tr.more dl.context", new() { HasText = "purpose" }).WaitForAsync();
        var raw = JsonNode.Parse(await page.Locator("#raw").InnerTextAsync())!;
        raw["userIdentity"]!["accessKeyId"]!.GetValue<string>().ShouldBe(Stranger);

        // What now: commands of the lab name its endpoint.
        var commands = (await page.Locator(".runbook pre").AllInnerTextsAsync()).Where(step => step.StartsWith("aws ", StringComparison.Ordinal)).ToList();
        commands.ShouldNotBeEmpty();
        commands.ShouldAllBe(command => command.Contains($"--endpoint-url {lab.LocalAws.ToString().TrimEnd('/')}"));
        (await browsed.FaintTextsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);

        // Work it: acknowledge, write something down, close it as false, and take the configuration along.
        await page.GetByLabel("Your name").FillAsync("alice");
        await ActAsync(page, "I am on it", "Acknowledge");
        await page.Locator(".tag", new() { HasText = "acknowledged by alice (loopback)" }).WaitForAsync();
        await ActAsync(page, "asked the team: it was their test", "Comment");
        await page.Locator(".history q", new() { HasText = "asked the team" }).WaitForAsync();
        await ActAsync(page, "a test of the team", "False");
        await page.Locator(".tag", new() { HasText = "closed as false by alice (loopback)" }).WaitForAsync();
        var tuning = JsonNode.Parse(await page.Locator("#tuning").InnerTextAsync())!;
        tuning["Sentinel"]!["Detections"]!["unattested-call"]!["Exceptions"]!.AsObject().ShouldNotBeEmpty();
        (await browsed.FaintTextsAsync()).ShouldBeEmpty();

        var closed = await lab.SentinelAsync($"/api/alarms/{alarm}");
        closed["closed"]!["verdict"]!.GetValue<string>().ShouldBe("false");
        closed["closed"]!["by"]!.GetValue<string>().ShouldBe("alice (loopback)");
        closed["attention"]!.GetValue<string>().ShouldBe("closed");

        // Undo, and close it again: the name is remembered.
        await page.GetByRole(AriaRole.Button, new() { Name = "Reopen" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Expected" }).WaitForAsync();
        await browsed.GoAsync($"/alarms/{alarm}");
        (await page.GetByLabel("Your name").InputValueAsync()).ShouldBe("alice");
        await ActAsync(page, "planned after all", "Expected");
        await page.Locator(".tag", new() { HasText = "closed as expected" }).WaitForAsync();
        await browsed.GoAsync("/alarms");
        await Assertions.Expect(page.Locator($"a.alarm-title[href='/alarms/{alarm}']")).ToHaveCountAsync(0);
        browsed.Troubles.ShouldBeEmpty();
    }

    private static async Task ActAsync(IPage page, string reason, string button)
    {
        await page.GetByLabel("Reason").FillAsync(reason);
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    /// <summary>What a block says below its heading.</summary>
    private static Task<string> BlockAsync(IPage page, string heading) => page.GetByRole(AriaRole.Region, new() { Name = heading, Exact = true }).InnerTextAsync();

    private static async Task<string> NotifiedAsync(WebhookReceiver receiver, string detection)
    {
        while (true)
        {
            var notification = JsonNode.Parse((await receiver.NextAsync()).Body)!;
            if (notification["detection"]?.GetValue<string>() == detection)
                return notification["alarmId"]!.GetValue<string>();
        }
    }

    private static async Task StealAsync(InProcessLab lab)
    {
        using var kms = lab.Kms(Stranger);
        await kms.EncryptAsync(
            new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()), EncryptionContext = new() { ["purpose"] = "a drill" } }, Cancellation);
    }
}
