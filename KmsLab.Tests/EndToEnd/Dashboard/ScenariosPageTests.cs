using System.Text.RegularExpressions;
using KmsLab.Tests.InProcess;
using KmsLab.Tests.Simulator;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>The page of scenarios, before a simulator that is a service of its own.</summary>
public sealed class ScenariosPageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Scenario_is_played_by_a_button_and_its_verdict_leads_to_the_alarm()
    {
        using var folder = new TempFolder();
        var address = FreeAddress();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Simulator:Url", address));
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Url", address));
        await using var browsed = await browser.OpenAsync(lab.Sentinel);

        await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "Scenarios" }).ClickAsync();
        await browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Attack: dry-run-probing" }).ClickAsync();

        await browsed.Page.GetByRole(AriaRole.Heading, new() { Name = "dry-run-probing", Level = 2, Exact = true }).WaitForAsync();
        await Assertions.Expect(browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Attack: ransom", Exact = true })).ToBeDisabledAsync();
        var alarm = browsed.Page.Locator(".run .alarm-title", new() { HasText = "Somebody is finding out what they may do with KMS" });
        await alarm.WaitForAsync(new() { Timeout = 90_000 });
        await browsed.Page.Locator(".run p", new() { HasText = "Done" }).WaitForAsync(new() { Timeout = 90_000 });
        var found = new Regex(@"^found after \d+\.\d s by dry-run-probing$");
        var verdict = browsed.Page.Locator(".run .verdict a", new() { HasTextRegex = found });
        (await browsed.FaintTextsAsync()).ShouldBeEmpty();
        await verdict.ClickAsync();
        await browsed.Page.WaitForURLAsync(url => url.Contains("/alarms/", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_that_somebody_else_began_is_shown_and_stopped_by_the_button()
    {
        using var folder = new TempFolder();
        var address = FreeAddress();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Simulator:Url", address));
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Url", address));
        var run = await simulator.BeginAsync(new { scenario = "normal" });
        await using var browsed = await browser.OpenAsync(lab.Sentinel);

        await browsed.GoAsync("/scenarios");
        await browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        await browsed.Page.Locator(".run p", new() { HasText = "Stopped" }).WaitForAsync();
        (await simulator.GetAsync(run))["state"]!.GetValue<string>().ShouldBe("stopped");
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Simulator_that_does_not_answer_is_said_and_found_again()
    {
        using var folder = new TempFolder();
        var address = FreeAddress();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Simulator:Url", address));
        await using var browsed = await browser.OpenAsync(lab.Sentinel);

        await browsed.GoAsync("/scenarios");
        await browsed.SeeAsync($"The simulator at {address} does not answer.");
        (await browsed.FaintTextsAsync()).ShouldBeEmpty();
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Url", address), ("ConnectionStrings:vault", null));

        var ransom = browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Attack: ransom", Exact = true });
        await Assertions.Expect(ransom).ToBeEnabledAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(browsed.Page.GetByRole(AriaRole.Button, new() { Name = "Attack: burst-exfiltration" })).ToBeDisabledAsync();
        await browsed.SeeAsync("burst-exfiltration decrypts what was stolen, so it needs a copy of the application's database");
        browsed.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Page_is_offered_only_where_there_is_a_simulator()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var browsed = await browser.OpenAsync(lab.Sentinel);

        (await browsed.Page.GetByRole(AriaRole.Link, new() { Name = "Scenarios" }).CountAsync()).ShouldBe(0);
        await browsed.GoAsync("/scenarios");
        await browsed.SeeAsync("Scenarios are played in the lab only.");
    }

    private static string FreeAddress() => $"http://127.0.0.1:{LabProcess.FreePort()}";
}
