using System.Runtime.CompilerServices;
using KmsLab.Tests.InProcess;
using KmsLab.Tests.Simulator;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>
/// Makes the pictures in docs/images, of a lab that normal traffic and attacks have been played in. Not a test: it runs when it is asked for, with
/// <c>dotnet run --project KmsLab.Tests -- -explicit only -class '*Screenshots'</c>.
/// </summary>
public sealed class Screenshots(Browser browser) : IClassFixture<Browser>
{
    private static readonly TimeSpan Normal = TimeSpan.FromMinutes(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Pictures_of_the_docs()
    {
        using var folder = new TempFolder();
        var address = $"http://127.0.0.1:{LabProcess.FreePort()}";
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Simulator:Url", address));
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Url", address));
        await PlayAsync(lab);
        var alarms = (await lab.SentinelAsync("/api/alarms")).AsArray();
        var unattested = alarms.First(alarm => alarm!["detection"]!.GetValue<string>() == "unattested-call")!["id"]!.GetValue<string>();

        await TakeAsync(lab, "now", "/?range=15m", 1280, 900, ColorScheme.Light);
        await TakeAsync(lab, "now-dark", "/?range=15m", 1280, 900, ColorScheme.Dark);
        await TakeAsync(lab, "alarm", $"/alarms/{unattested}", 1280, 1400, ColorScheme.Light);
        await TakeAsync(lab, "keys", "/keys", 1280, 700, ColorScheme.Light);
        await TakeAsync(lab, "detections", "/detections", 1280, 900, ColorScheme.Light);
        await TakeAsync(lab, "scenarios", "/scenarios", 1280, 900, ColorScheme.Light);
        await TakeAsync(lab, "alarm-es", $"/alarms/{unattested}", 1280, 1400, ColorScheme.Light, "es-ES");
        await TakeAsync(lab, "phone", "/?range=15m", 390, 844, ColorScheme.Dark);
    }

    /// <summary>Some minutes of a normal day, and in the midst of it the attacks of the README.</summary>
    private static async Task PlayAsync(InProcessLab lab)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var simulator = new KmsLab.Simulator.LiveSimulator(lab.Target, TimeProvider.System);
        Task normal = simulator.RunAsync("normal", new KmsLab.Simulator.LiveSettings(Seed: 3), null, enough.Token);
        await Task.Delay(Normal, TimeProvider.System, Cancellation);
        await simulator.RunAsync("burst-exfiltration", new KmsLab.Simulator.LiveSettings(), null, Cancellation);
        await simulator.RunAsync("key-guessing", new KmsLab.Simulator.LiveSettings(), null, Cancellation);
        await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count >= 2);
        await enough.CancelAsync();
        await normal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TakeAsync(
        InProcessLab lab, string name, string path, int width, int height, ColorScheme colors, string locale = "en-US")
    {
        await using var browsed = await browser.NewPageAsync(lab.Sentinel, width, height, colors, locale: locale);
        await browsed.GoAsync(path);
        await browsed.Page.Locator("main .card, main .alarms").First.WaitForAsync();
        await browsed.Page.WaitForTimeoutAsync(1500); // Until the charts have measured themselves.
        await browsed.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder(), $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
    }

    /// <summary>The folder docs/images of the repository.</summary>
    internal static string Folder()
    {
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "images"));
        Directory.CreateDirectory(folder);
        return folder;

        static string ThisFile([CallerFilePath] string file = "") => file;
    }
}
