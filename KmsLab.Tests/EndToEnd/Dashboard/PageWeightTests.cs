using System.Collections.Concurrent;
using System.Text.Json;
using KmsLab.Tests.InProcess;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>How much a browser fetches for the page, and how soon it shows something on a slow line.</summary>
public sealed class PageWeightTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Style sheets and scripts together, compressed, in bytes.</summary>
    private const double Most = 300_000;

    private const int MegabitsPerSecond = 4;
    private const int LatencyMilliseconds = 100;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Style_sheets_and_scripts_are_light_over_the_wire(ColorScheme colors)
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, colors: colors);
        var files = await WatchAsync(await browsed.Page.Context.NewCDPSessionAsync(browsed.Page));

        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        await browsed.GoAsync("/");
        await browsed.Page.Locator(".chart svg").First.WaitForAsync();
        await browsed.Page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 30_000 });

        var report = string.Join(", ", files.Values.Select(file => $"{file.Name} {file.Bytes:N0}"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{files.Values.Sum(file => file.Bytes):N0} bytes: {report}");
        files.Values.ShouldContain(file => file.Name.StartsWith("blazor.web.", StringComparison.Ordinal), report);
        files.Values.ShouldContain(file => file.Name.StartsWith("sentinel.", StringComparison.Ordinal) && file.Bytes > 1000, report);
        files.Values.ShouldAllBe(file => file.Bytes > 0, report);
        files.Values.Sum(file => file.Bytes).ShouldBeLessThan(Most, report);
    }

    /// <summary>Prints times and asserts none: they are the machine's. Run it with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public async Task First_content_on_a_line_of_4_Mbit_and_100_ms()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        foreach (var run in Enumerable.Range(1, 5))
        {
            await using var browsed = await browser.NewPageAsync(lab.Sentinel);
            var session = await browsed.Page.Context.NewCDPSessionAsync(browsed.Page);
            var files = await WatchAsync(session);
            await session.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
            {
                ["offline"] = false,
                ["latency"] = LatencyMilliseconds,
                ["downloadThroughput"] = MegabitsPerSecond * 1_000_000 / 8,
                ["uploadThroughput"] = MegabitsPerSecond * 1_000_000 / 8,
            });
            await browsed.GoAsync("/alarms");
            await browsed.Page.Locator("main .empty, main .alarms").First.WaitForAsync();
            var drawn = await browsed.Page.EvaluateAsync<double>("performance.now()");
            var first = await browsed.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1");
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"run {run}: first content after {first:N0} ms, the page's own data after {drawn:N0} ms, {files.Values.Sum(file => file.Bytes):N0} bytes of style sheets and scripts");
        }
    }

    /// <summary>What comes over the wire, by request: also files that a script fetches, and none from the cache.</summary>
    private static async Task<ConcurrentDictionary<string, (string Name, double Bytes)>> WatchAsync(ICDPSession session)
    {
        var files = new ConcurrentDictionary<string, (string Name, double Bytes)>();
        session.Event("Network.responseReceived").OnEvent += (_, received) =>
        {
            if (received is { } json && json.GetProperty("type").GetString() is "Script" or "Stylesheet")
                files[IdOf(json)] = (Path.GetFileName(new Uri(json.GetProperty("response").GetProperty("url").GetString()!).AbsolutePath), 0);
        };
        session.Event("Network.loadingFinished").OnEvent += (_, finished) =>
        {
            if (finished is { } json && files.TryGetValue(IdOf(json), out var file))
                files[IdOf(json)] = file with { Bytes = json.GetProperty("encodedDataLength").GetDouble() };
        };
        await session.SendAsync("Network.enable");
        return files;
    }

    private static string IdOf(JsonElement json) => json.GetProperty("requestId").GetString()!;
}
