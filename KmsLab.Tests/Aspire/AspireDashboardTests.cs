using System.Diagnostics;
using System.Text.Json.Nodes;
using KmsLab.Tests.EndToEnd.Dashboard;
using Microsoft.Playwright;

namespace KmsLab.Tests.Aspire;

/// <summary>Aspire's dashboard in a real Chromium.</summary>
[Collection(PostgresApplicationTests.Name)]
public sealed class AspireDashboardTests(PostgresApplication postgres, Browser browser) : IClassFixture<Browser>
{
    private const string Scenario = "grant-backdoor";

    private static readonly string[] Resources =
        ["postgres", "vault", "sentinel-state", "localaws", "cryptoapi", "sentinel", "simulator"];

    [Fact]
    public async Task Resources_are_running_and_healthy_and_nothing_is_shown_in_red()
    {
        await using var dashboard = await OpenAsync("/");

        foreach (var resource in Resources)
            await Row(dashboard, resource).Locator("td[title='Running']").WaitForAsync();
        await NothingWentWrongAsync(dashboard);
    }

    [Fact(Timeout = 60_000)]
    public async Task Encrypt_is_one_trace_through_the_API_KMS_and_the_database()
    {
        using var caller = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        await postgres.Application.EncryptAsync("traced", "text");

        await using var dashboard = await OpenAsync($"/traces/detail/{caller.TraceId}");
        // Spans come in batches, and the page does not wait for a trace that is not there yet.
        while (!await IsThereAsync(dashboard, "POST /encrypt"))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await dashboard.Page.ReloadAsync();
        }

        foreach (var span in new[] { "POST /encrypt", "RPC KMS/Encrypt", "database write", "postgresql" })
            await dashboard.SeeAsync(span);
        await Row(dashboard, "localaws").First.WaitForAsync();
        await NothingWentWrongAsync(dashboard);
    }

    [Fact]
    public async Task Log_of_the_API_is_structured()
    {
        await postgres.Application.EncryptAsync("logged", "text");

        await using var dashboard = await OpenAsync("/structuredlogs/resource/cryptoapi");

        await dashboard.SeeAsync("Stored record ");
        await NothingWentWrongAsync(dashboard);
    }

    [Fact]
    public async Task Command_asks_first_and_then_plays_its_scenario()
    {
        await using var dashboard = await OpenAsync("/");

        await Row(dashboard, "localaws").GetByLabel("Actions").ClickAsync();
        await Item(dashboard, "Commands").HoverAsync();
        await Item(dashboard, "A grant and a policy let an outsider in").ClickAsync();
        await dashboard.Page.Locator("fluent-button").GetByText("Yes", new() { Exact = true }).ClickAsync();

        var verdict = (await EndOfRunAsync())["verdict"]!;
        verdict["summary"]!.GetValue<string>().ShouldStartWith("found after ");
        await dashboard.SeeAsync("succeeded");
        await NothingWentWrongAsync(dashboard);
    }

    private static async Task<bool> IsThereAsync(BrowserPage dashboard, string text)
    {
        try
        {
            await dashboard.Page.GetByText(text).First.WaitForAsync(new() { Timeout = 2_000 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<BrowserPage> OpenAsync(string path)
    {
        var page = await browser.NewPageAsync(postgres.Application.Dashboard);
        await page.Page.GotoAsync(new Uri(postgres.Application.Dashboard, path).ToString());
        return page;
    }

    private static ILocator Row(BrowserPage dashboard, string resource) => dashboard.Page.GetByRole(AriaRole.Row)
        .Filter(new() { Has = dashboard.Page.GetByText(resource, new() { Exact = true }) });

    private static ILocator Item(BrowserPage dashboard, string name) =>
        dashboard.Page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });

    private static async Task NothingWentWrongAsync(BrowserPage dashboard)
    {
        // A warning, and a true one; nothing else is wrong.
        await Assertions.Expect(dashboard.Page.Locator(".dashboard-message-bar-title")).ToHaveTextAsync(["Endpoint is unsecured"]);
        (await dashboard.Page.Locator("#blazor-error-ui").IsVisibleAsync()).ShouldBeFalse();
        dashboard.Troubles.ShouldBeEmpty();
    }

    /// <summary>Waits until the simulator has played the scenario.</summary>
    private async Task<JsonNode> EndOfRunAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var address = new Uri(postgres.Application.Simulator, "/api/runs");
        while (true)
        {
            var runs = (await http.GetFromJsonAsync<JsonArray>(address, deadline.Token))!;
            if (runs.FirstOrDefault(run => run!["scenario"]!.GetValue<string>() == Scenario) is { } run
                && run["state"]!.GetValue<string>() != "running")
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, deadline.Token);
        }
    }
}
