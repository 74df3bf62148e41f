using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.InProcess;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>What an investigation needs of the page: records that can be searched, silences, names, charts that answer, and a page where there is none.</summary>
public sealed class InvestigationTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>The middle of the chart's largest column, on the screen.</summary>
    private const string LargestColumn = """
        () => {
          const [largest] = [...document.querySelectorAll('.chart .rz-column-series path, .chart .rz-stacked-column-series path')]
            .map(path => path.getBoundingClientRect()).sort((one, other) => other.width * other.height - one.width * one.height);
          return [largest.x + largest.width / 2, largest.y + largest.height / 2];
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Records_are_grouped_searched_sorted_and_exported(int width)
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await StealAsync(lab, 12);
        var alarm = await AlarmAsync(lab, "unattested-call", 12);
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, width);
        await browsed.GoAsync($"/alarms/{alarm}");
        var (page, rows) = (browsed.Page, browsed.Page.Locator(".records tbody tr"));

        // Alike rows are one, until each is asked for.
        await page.GetByText("12 records in 1 row").WaitForAsync();
        (await rows.CountAsync()).ShouldBe(1);
        await page.GetByLabel("alike as one").UncheckAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(12);
        await page.GetByPlaceholder("Search").FillAsync("number 7");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await page.GetByPlaceholder("Search").FillAsync("no such thing");
        await Assertions.Expect(rows).ToHaveCountAsync(0);
        await page.GetByPlaceholder("Search").FillAsync("");
        await page.GetByLabel("Outcome").SelectOptionAsync("Success");
        await Assertions.Expect(rows).ToHaveCountAsync(12);
        if (width > 1000)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Remarkable" }).ClickAsync();
            (await page.Locator("th[aria-sort=ascending]").InnerTextAsync()).ShouldBe("Remarkable");
        }

        foreach (var format in new[] { "JSON", "CSV", "OCSF" })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(".exports").GetByText(format, new() { Exact = true }).ClickAsync());
            var text = await File.ReadAllTextAsync((await download.PathAsync())!, Cancellation);
            text.ShouldContain("AKIASTRANGER00000000");
        }

        (await browsed.FaintTextsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);
        browsed.Troubles.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Silence_is_previewed_made_heeded_and_ended(int width, ColorScheme colors)
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await StealAsync(lab, 1);
        var alarm = await AlarmAsync(lab, "unattested-call", 1);
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, width, colors: colors);
        await browsed.GoAsync($"/alarms/{alarm}");
        var page = browsed.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Silence what is alike" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Silences", Level = 1 }).WaitForAsync();
        (await page.GetByLabel("Detection").InputValueAsync()).ShouldBe("unattested-call");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await page.Locator(".preview a").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Silence", Exact = true }).ClickAsync();
        await browsed.SeeAsync("The reason must be a text of 1 to 1000 characters on one line.");
        await page.GetByLabel("Your name").FillAsync("bob");
        await page.GetByLabel("Reason").FillAsync("a workshop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Silence", Exact = true }).ClickAsync();
        await page.Locator(".silences q", new() { HasText = "a workshop" }).WaitForAsync();
        (await browsed.FaintTextsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);
        (await lab.SentinelAsync("/api/silences"))[0]!["by"]!.GetValue<string>().ShouldBe("bob (loopback)");
        await lab.SentinelAsync($"/api/alarms/{alarm}", silenced => silenced["attention"]!.GetValue<string>() == "silenced");

        // What watches the audit path is told of, and the preview says so.
        await page.GetByLabel("Detection").FillAsync("trail-blinding");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await browsed.SeeAsync("An alarm will tell of it");

        await page.GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();
        await page.Locator(".silences .tag", new() { HasText = "expired" }).WaitForAsync();
        (await lab.SentinelAsync("/api/silences"))[0]!["expiredBy"]!.GetValue<string>().ShouldBe("bob (loopback)");
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Charts_have_tooltips_alarms_by_keyboard_and_Sentinels_own_calls_behind_a_switch()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await StealAsync(lab, 1);
        var alarm = await AlarmAsync(lab, "unattested-call", 1);
        await lab.SentinelAsync("/api/activity?own=false", activity => !Operations(activity).Contains("GetKeyPolicy"));
        await lab.SentinelAsync("/api/activity", activity => Operations(activity).Any(operation => operation is "GetKeyPolicy" or "ListAliases" or "Other"));
        await using var browsed = await browser.OpenAsync(lab.Sentinel);
        await browsed.GoAsync("/?range=15m");
        var page = browsed.Page;

        var own = page.Locator(".legend li").Filter(new() { HasTextRegex = new("GetKeyPolicy|ListResourceTags|ListGrants|ListKeys") });
        await page.Locator(".legend li", new() { HasText = "Encrypt" }).First.WaitForAsync();
        (await own.CountAsync()).ShouldBe(0);
        await page.GetByLabel("Sentinel's own").CheckAsync();
        await own.First.WaitForAsync();

        var column = await page.EvaluateAsync<float[]>(LargestColumn);
        await page.Mouse.MoveAsync(column[0], column[1]);
        await page.Locator(".rz-chart-tooltip-content").First.WaitForAsync();

        await page.Locator(".marks a").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.Contains($"/alarms/", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        alarm.ShouldNotBeEmpty();
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Address_that_leads_nowhere_gets_a_page_in_a_browser_and_problem_details_in_a_program()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var http = new HttpClient { BaseAddress = lab.Sentinel };

        using var nowhere = await http.GetAsync("/no/such/page", Cancellation);
        using var api = await http.GetAsync("/api/nothing", Cancellation);
        ((int)nowhere.StatusCode, nowhere.Content.Headers.ContentType!.MediaType).ShouldBe((404, "text/html"));
        ((int)api.StatusCode, api.Content.Headers.ContentType!.MediaType).ShouldBe((404, "application/problem+json"));
        await using var browsed = await browser.NewPageAsync(lab.Sentinel);
        await browsed.GoAsync("/no/such/page");
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" }).WaitForAsync();
    }

    [Fact]
    public async Task Keys_have_their_aliases_on_every_page_and_in_the_choice()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await lab.SentinelAsync("/api/keys", keys => keys.AsArray().Any(key => key!["aliases"]!.AsArray().Any(alias => alias!.GetValue<string>() == "alias/kmslab")));
        await using var browsed = await browser.NewPageAsync(lab.Sentinel);

        await browsed.GoAsync("/keys");

        await browsed.Page.Locator(".usage td", new() { HasText = "alias/kmslab" }).First.WaitForAsync(new() { Timeout = 60_000 });
        await browsed.Page.Locator(".view option", new() { HasText = "alias/kmslab (key/" }).First.WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });
        browsed.Troubles.ShouldBeEmpty();
    }

    private static IEnumerable<string> Operations(JsonNode activity) => activity["series"]!.AsArray().Select(series => series!["operation"]!.GetValue<string>());

    private static async Task<string> AlarmAsync(InProcessLab lab, string detection, int records)
    {
        var alarms = await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Any(Is));
        return alarms.AsArray().First(Is)!["id"]!.GetValue<string>();

        bool Is(JsonNode? alarm) => alarm!["detection"]!.GetValue<string>() == detection && alarm["evidenceTotal"]!.GetValue<long>() >= records;
    }

    private static async Task StealAsync(InProcessLab lab, int calls)
    {
        using var kms = lab.Kms("AKIASTRANGER00000000");
        for (var call = 0; call < calls; call++)
        {
            await kms.EncryptAsync(
                new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()), EncryptionContext = new() { ["purpose"] = $"number {call}" } }, Cancellation);
        }
    }
}
