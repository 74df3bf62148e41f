using Amazon.KeyManagementService.Model;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.Tests.InProcess;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>Signing in and out in a real browser, on a lab in process that is closed.</summary>
public sealed class SignInTests(Browser browser) : IClassFixture<Browser>
{
    private const string UnattestedTitle = "A protected key was used by something that is not the application";

    private readonly string _key = ApiKey.Create();

    [Fact]
    public async Task Key_opens_the_page_its_name_stands_under_what_is_done_and_signing_out_ends_every_window()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder.Path);
        await StealAsync(lab);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        var page = browsed.Page;
        new Uri(page.Url).PathAndQuery.ShouldBe("/login?returnUrl=%2F");

        await SignInAsync(page, ApiKey.Create());
        await browsed.SeeAsync("Nobody has this key.");
        await SignInAsync(page, _key);
        await page.Locator(".alarm-title", new() { HasText = UnattestedTitle }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("it was me, trying the lab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.Locator(".tag", new() { HasText = "acknowledged by oncall" }).WaitForAsync();

        var window = new BrowserPage(page.Context, await page.Context.NewPageAsync(), lab.Sentinel);
        await window.GoAsync("/alarms");
        await window.SeeAsync(UnattestedTitle);
        await page.GetByLabel("Colours, updates and session").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out oncall" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/login", new() { WaitUntil = WaitUntilState.Commit });
        await window.Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/login", new() { WaitUntil = WaitUntilState.Commit });
        await browsed.GoAsync("/alarms");
        new Uri(page.Url).AbsolutePath.ShouldBe("/login");
        browsed.Troubles.ShouldBe(
            [
                "401 for " + new Uri(lab.Sentinel, "/login"),
                "console: Failed to load resource: the server responded with a status of 401 (Unauthorized)",
            ],
            ignoreOrder: true);
        window.Troubles.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Pages_around_the_login_have_AA_contrast_and_fit_a_phone(ColorScheme colors)
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel, 390, 844, colors);

        await CheckAsync("/login");
        await SignInAsync(browsed.Page, ApiKey.Create());
        await browsed.SeeAsync("Nobody has this key.");
        await CheckAsync("/login with its problem");
        await SignInAsync(browsed.Page, _key);
        await browsed.Page.Locator("header.top").WaitForAsync();
        await browsed.GoAsync("/logout");
        await CheckAsync("/logout");

        async Task CheckAsync(string page)
        {
            (await browsed.FaintTextsAsync()).ShouldBeEmpty(page);
            (await browsed.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, page);
        }
    }

    private Task<InProcessLab> StartAsync(string folder) => InProcessLab.StartAsync(
        folder,
        ("Sentinel:Api:OpenOnLoopback", "false"),
        ("Sentinel:Api:Keys:0:Name", "oncall"),
        ("Sentinel:Api:Keys:0:KeyHash", Convert.ToHexStringLower(ApiKey.Hash(_key))),
        ("Sentinel:Access:RevalidateEvery", "00:00:00.500"));

    private static async Task SignInAsync(IPage page, string key)
    {
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static async Task StealAsync(InProcessLab lab)
    {
        using var kms = lab.Kms("AKIASTRANGER00000000");
        await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()) }, TestContext.Current.CancellationToken);
    }
}
