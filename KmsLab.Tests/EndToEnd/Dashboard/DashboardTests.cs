using Amazon.KeyManagementService.Model;
using KmsLab.Tests.InProcess;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>Sentinel's page in a real browser, on the lab in process.</summary>
public sealed class DashboardTests(Browser browser) : IClassFixture<Browser>
{
    private const string UnattestedTitle = "A protected key was used by something that is not the application";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_shows_health_and_calls_and_an_attack_appears_without_a_reload()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        var page = browsed.Page;

        await browsed.SeeAsync("watching");
        await browsed.SeeAsync("Nothing is firing, and everything is closed.");
        await page.Locator(".chart svg").First.WaitForAsync();
        await page.Locator(".legend li", new() { HasText = "Encrypt" }).First.WaitForAsync();
        await page.EvaluateAsync("window.sameDocument = true");
        await StealAsync(lab);

        await page.Locator(".alarm-title", new() { HasText = UnattestedTitle }).WaitForAsync();
        await page.Locator(".top .count", new() { HasText = "1" }).WaitForAsync();
        (await page.TitleAsync()).ShouldBe("(1) Now · KmsLab Sentinel");
        (await page.EvaluateAsync<bool>("window.sameDocument === true")).ShouldBeTrue();
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Alarm_opens_to_its_evidence_is_acknowledged_and_silenced_with_a_reason_and_its_link_is_shared()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await StealAsync(lab);
        await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        var page = browsed.Page;

        await page.Locator(".alarm-title", new() { HasText = UnattestedTitle }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = UnattestedTitle }).WaitForAsync();
        await page.Locator("td", new() { HasText = "absent" }).First.WaitForAsync();
        (await page.Locator(".runbook pre").AllInnerTextsAsync()).ShouldContain(command => command.StartsWith("aws iam update-access-key --user-name AKIASTRANGER00000000"));
        await page.Locator(".chart svg").First.WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await browsed.SeeAsync("The reason must be a text of 1 to 1000 characters on one line.");
        await page.GetByLabel("Reason").FillAsync("it was me, trying the lab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.Locator(".tag", new() { HasText = "acknowledged by loopback" }).WaitForAsync();
        await page.GetByLabel("Reason").FillAsync("a workshop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Silence", Exact = true }).ClickAsync();
        await page.Locator(".tag", new() { HasText = "silenced until" }).WaitForAsync();
        await page.Locator(".history q", new() { HasText = "it was me, trying the lab" }).WaitForAsync();

        var alarm = (await lab.SentinelAsync("/api/alarms"))[0]!;
        alarm["acknowledged"]!["reason"]!.GetValue<string>().ShouldBe("it was me, trying the lab");
        alarm["silenced"]!["reason"]!.GetValue<string>().ShouldBe("a workshop");
        await using var shared = await browser.OpenAsync(lab.Sentinel);
        await shared.GoAsync(new Uri(page.Url).PathAndQuery);
        await shared.Page.GetByRole(AriaRole.Heading, new() { Name = UnattestedTitle }).WaitForAsync();
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_page_says_who_used_which_key_and_with_what_proof()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await StealAsync(lab);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);

        await browsed.GoAsync("/keys");
        var stranger = browsed.Page.Locator("tbody tr", new() { HasText = "user/AKIASTRANGER00000000" });
        await stranger.GetByText("1 unattested").WaitForAsync();
        var application = browsed.Page.Locator("tbody tr", new() { HasText = "role/kmslab-cryptoapi" }).Filter(new() { HasText = "attested" });
        await application.GetByText("vault").WaitForAsync();

        // The row leads to this principal's calls; the choice stands in the address.
        await stranger.Locator("a").First.ClickAsync();
        await browsed.Page.WaitForURLAsync(url => url.Contains("principal=", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        await Assertions.Expect(browsed.Page.GetByLabel("Principal")).ToHaveValueAsync("arn:aws:iam::000000000000:user/AKIASTRANGER00000000");
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Contrast_that_is_too_low_is_seen()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        await browsed.GoAsync("/alarms");

        await browsed.Page.EvaluateAsync("document.querySelector('h1').style.color = '#999'");

        (await browsed.FaintTextsAsync()).ShouldHaveSingleItem().ShouldContain("<h1");
    }

    [Fact]
    public async Task Dark_and_light_follow_the_system_until_the_viewer_chooses()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel, colors: ColorScheme.Dark);
        (await LightnessAsync(browsed)).ShouldBeLessThan(0.2);

        await browsed.Page.GetByLabel("Colours, updates and session").ClickAsync();
        await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "Light", Exact = true }).ClickAsync();
        await browsed.Page.Locator("html[data-theme=light] main h1").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        (await LightnessAsync(browsed)).ShouldBeGreaterThan(0.8);
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Times_are_in_the_viewers_zone_with_UTC_on_hover()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await StealAsync(lab);
        var alarms = await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0);
        var at = alarms[0]!["firstSeen"]!.GetValue<DateTimeOffset>();
        await using var browsed = await browser.OpenAsync(lab.Sentinel, zone: "Asia/Kolkata");

        var moment = browsed.Page.Locator(".alarms time").First;
        await moment.WaitForAsync();

        (await moment.InnerTextAsync()).ShouldContain(at.ToOffset(TimeSpan.FromMinutes(330)).ToString("HH:mm"));
        (await moment.GetAttributeAsync("title")).ShouldBe($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        await browsed.SeeAsync("Times are in Asia/");
    }

    [Fact]
    public async Task Updates_pause_and_go_on_as_the_viewer_wants()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        await browsed.SeeAsync("Nothing is firing, and everything is closed.");
        await browsed.Page.GetByLabel("Colours, updates and session").ClickAsync();
        await browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Pause updates" }).ClickAsync();
        await browsed.SeeAsync("Updates are paused.");

        await StealAsync(lab);
        await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0);
        await browsed.Page.WaitForTimeoutAsync(4500); // Two updates would have come.
        (await browsed.Page.Locator(".alarm-title").CountAsync()).ShouldBe(0);

        await browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Go on updating" }).ClickAsync();
        await browsed.Page.Locator(".alarm-title").WaitForAsync();
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keyboard_alone_reaches_the_content_and_the_pages()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        await browsed.SeeAsync("Nothing is firing, and everything is closed.");
        await browsed.Page.EvaluateAsync("document.activeElement.blur()");

        var names = new List<string>();
        for (var press = 0; press < 8; press++)
        {
            await browsed.Page.Keyboard.PressAsync("Tab");
            names.Add(await browsed.Page.EvaluateAsync<string>("document.activeElement.innerText.trim()"));
        }

        names[0].ShouldBe("Skip to the content");
        names.ShouldContain("Keys and principals");
        await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "Detections" }).FocusAsync();
        await browsed.Page.Keyboard.PressAsync("Enter");
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "Detections", Level = 1 }).WaitForAsync();
        browsed.Troubles.ShouldBeEmpty();
    }

    private static Task<double> LightnessAsync(BrowserPage browsed) => browsed.Page.EvaluateAsync<double>(
        "() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number); return (r + g + b) / 765; }");

    private static async Task StealAsync(InProcessLab lab)
    {
        using var kms = lab.Kms("AKIASTRANGER00000000");
        await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()) }, Cancellation);
    }
}
