using Amazon.KeyManagementService.Model;
using KmsLab.Tests.InProcess;
using KmsLab.Tests.Simulator;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>A lab in which every page of Sentinel has something to show: calls, an alarm with its evidence, a silence, scenarios.</summary>
internal sealed class EveryPage : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly InProcessLab _lab;
    private readonly SimulatorHost _simulator;

    private EveryPage(TempFolder folder, InProcessLab lab, SimulatorHost simulator, IReadOnlyList<string> paths) =>
        (_folder, _lab, _simulator, Paths) = (folder, lab, simulator, paths);

    public Uri Address => _lab.Sentinel;

    /// <summary>The pages' paths, one for each that there is.</summary>
    public IReadOnlyList<string> Paths { get; }

    public static async Task<EveryPage> StartAsync()
    {
        var folder = new TempFolder();
        var simulatorAddress = $"http://127.0.0.1:{LabProcess.FreePort()}";
        var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Simulator:Url", simulatorAddress));
        var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Url", simulatorAddress));
        await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        using (var kms = lab.Kms("AKIASTRANGER00000000"))
            await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()) }, TestContext.Current.CancellationToken);
        var alarms = await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0);
        var alarm = alarms[0]!["id"]!.GetValue<string>();
        return new(folder, lab, simulator, ["/", "/alarms", "/alarms?show=past", $"/alarms/{alarm}", "/alarms/none", "/keys", "/detections", "/scenarios", "/silences", "/no-such-page"]);
    }

    /// <summary>Goes to a page, and waits until what it shows has come.</summary>
    public static async Task GoAsync(BrowserPage browsed, string path)
    {
        await browsed.GoAsync(path);
        await browsed.Page.Locator("main .card, main .empty, main .alarms").First.WaitForAsync();
        if (path.StartsWith("/alarms/", StringComparison.Ordinal) && path != "/alarms/none")
            await browsed.Page.Locator(".records tbody tr").First.WaitForAsync();
        await browsed.Page.EvaluateAsync("document.querySelectorAll('main details').forEach(details => details.open = true)");
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _lab.DisposeAsync();
        _folder.Dispose();
    }
}
