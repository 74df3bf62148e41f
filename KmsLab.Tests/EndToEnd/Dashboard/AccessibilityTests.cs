using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>Every page as axe judges it (WCAG 2.2 AA and its best practices), and as a reader of the language sees it.</summary>
public sealed class AccessibilityTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Words that no Spanish text has, and hardly an English one lacks.</summary>
    private const string English = @"\b(the|of|and|is|are|was|were|with|from|for|this|that|it|its|not|an|to|by|what|who|which|when|none|never|yet)\b";

    /// <summary>Each page is loaded once a language; of the dark, colours are all that is new.</summary>
    [Theory]
    [InlineData("en-US")]
    [InlineData("es-ES")]
    public async Task Every_page_satisfies_axe_light_and_dark_on_desktop_and_phone(string locale)
    {
        await using var site = await EveryPage.StartAsync();
        await using var browsed = await browser.NewPageAsync(site.Address, locale: locale);
        var (page, found) = (browsed.Page, new List<string>());

        foreach (var path in site.Paths)
        {
            await EveryPage.GoAsync(browsed, path);
            foreach (var width in new[] { 1280, 390 })
            {
                await page.SetViewportSizeAsync(width, 844);
                await JudgeAsync(ColorScheme.Light, null, least: 20);
                await JudgeAsync(ColorScheme.Dark, BrowserPage.ContrastOnly, least: 1);
                if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is var over and not 0)
                    found.Add($"{path} ({width}) is {over} px too wide");
                (await page.Locator("h1").CountAsync()).ShouldBe(1, path);

                async Task JudgeAsync(ColorScheme colors, AxeRunOptions? options, int least)
                {
                    await page.EmulateMediaAsync(new() { ColorScheme = colors });
                    var result = await page.RunAxe(options);
                    result.Passes.Length.ShouldBeGreaterThanOrEqualTo(least, path);
                    found.AddRange(result.Violations.Select(violation =>
                        $"{path} ({colors}, {width}): {violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => $"{node.Target} {node.Html}"))}"));
                }
            }
        }

        found.ShouldBeEmpty();
        browsed.Troubles.Where(trouble => !trouble.Contains("404", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_visible_English_text_stays_on_a_page_in_Spanish()
    {
        await using var site = await EveryPage.StartAsync();
        var found = new List<string>();

        foreach (var width in new[] { 1280, 390 })
        {
            await using var english = await browser.NewPageAsync(site.Address, width, 844, locale: "en-US");
            await using var spanish = await browser.NewPageAsync(site.Address, width, 844, locale: "es-ES");
            foreach (var path in site.Paths)
            {
                await EveryPage.GoAsync(english, path);
                await EveryPage.GoAsync(spanish, path);
                (await spanish.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe("es");
                var before = (await TextsAsync(english)).ToHashSet();
                before.Count.ShouldBeGreaterThan(5, path);
                before.ShouldContain(text => Regex.IsMatch(text, English, RegexOptions.IgnoreCase), path);
                foreach (var text in await TextsAsync(spanish))
                {
                    if (Regex.IsMatch(text, English, RegexOptions.IgnoreCase) || (before.Contains(text) && !IsName(text)))
                        found.Add($"{path}: {text}");
                }
            }
        }

        found.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public async Task Switch_in_the_header_changes_the_language_and_keeps_it()
    {
        await using var site = await EveryPage.StartAsync();
        await using var browsed = await browser.OpenAsync(site.Address);
        await browsed.GoAsync("/alarms");

        await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "Español" }).ClickAsync();
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "Alarmas", Level = 1 }).WaitForAsync();
        await browsed.Page.Locator(".alarm-title", new() { HasText = "Algo que no es la aplicación usó una clave protegida" }).WaitForAsync();
        await browsed.GoAsync("/keys");
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "Claves e identidades", Level = 1 }).WaitForAsync();

        await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "Keys and principals", Level = 1 }).WaitForAsync();
        browsed.Troubles.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("es-MX", "es")]
    [InlineData("es", "es")]
    [InlineData("en-GB", "en")]
    [InlineData("de-DE", "en")]
    public async Task Page_speaks_the_browsers_language_and_English_to_all_others(string locale, string language)
    {
        using var folder = new TempFolder();
        await using var lab = await InProcess.InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, locale: locale);

        await browsed.GoAsync("/alarms");

        (await browsed.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe(language);
        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = language == "es" ? "Alarmas" : "Alarms", Level = 1 }).WaitForAsync();
    }

    /// <summary>Names of things are the same in every language: of AWS, of this product, of people's own.</summary>
    private static bool IsName(string text) => text.Split([' ', '·', ',', '(', ')', '≈', '+', '"']).All(word =>
        word.Length < 3 || word.Any(char.IsDigit) || word.Contains('/', StringComparison.Ordinal) || word.Contains('-', StringComparison.Ordinal) || word.Contains(':', StringComparison.Ordinal) || word.Contains('_', StringComparison.Ordinal)
        || Names.Contains(word));

    private static readonly HashSet<string> Names =
    [
        "Sentinel", "KmsLab", "KMS", "Encrypt", "Decrypt", "GenerateDataKey", "Trail", "trail", "log", "JSON", "CSV", "OCSF", "ATT&CK", "eventID", "User", "agent", "UTC", "vault", "Success",
        "loopback", "DescribeKey", "CreateKey", "CreateAlias", "error", "normal", "Normal", "cryptoapi", "sentinel", "English", "Español", "ListAliases", "ListKeys", "GetKeyPolicy", "ListGrants", "ListResourceTags", "CloudTrail",
    ];

    /// <summary>Each text that is seen or read aloud, but what is said to be English, code, a time or a name of the account's.</summary>
    private static Task<string[]> TextsAsync(BrowserPage browsed) => browsed.Page.EvaluateAsync<string[]>("""
        () => {
          const skipped = "[lang]:not(html):not([lang='']), code, pre, time, .arn, script, style, noscript, option[value*=':'], [hidden]";
          const texts = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const text = node.textContent.replace(/\s+/g, " ").trim();
            if (text && !node.parentElement.closest(skipped) && node.parentElement.checkVisibility()) texts.push(text);
          }
          for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [data-copied]")) {
            if (element.closest(skipped) || !element.checkVisibility()) continue;
            for (const name of ["aria-label", "title", "placeholder", "data-copied"]) if (element.getAttribute(name)) texts.push(element.getAttribute(name).trim());
          }
          texts.push(document.title);
          return texts;
        }
        """);
}
