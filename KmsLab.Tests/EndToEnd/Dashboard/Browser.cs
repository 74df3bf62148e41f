using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>A real Chromium, driven by Playwright; started once for the tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // Background networking: its connections would be no business of these tests, and fail on a machine without internet.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
            return;

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments });
    }

    /// <summary>Opens a page; the test skips, or fails in strict mode, without a browser.</summary>
    internal async Task<BrowserPage> OpenAsync(Uri address, int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light, string zone = "UTC", string locale = "en-US")
    {
        var page = await NewPageAsync(address, width, height, colors, zone, locale);
        await page.GoAsync("/");
        return page;
    }

    /// <summary>A page that shows nothing yet.</summary>
    internal async Task<BrowserPage> NewPageAsync(Uri address, int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light, string zone = "UTC", string locale = "en-US")
    {
        Strict.Require(_browser is not null, "no Chromium is on the PATH");
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors, TimezoneId = zone, Locale = locale });
        return new BrowserPage(context, await context.NewPageAsync(), address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
