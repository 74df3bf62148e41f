using System.Diagnostics;
using KmsLab.Tests.EndToEnd.Dashboard;
using Microsoft.Playwright;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// Makes the pictures of Aspire's dashboard in docs/images. Not a test: it runs when it is asked for, with
/// <c>dotnet run --project KmsLab.Tests -- -explicit only -class '*DashboardScreenshots'</c>.
/// </summary>
[Collection(PostgresApplicationTests.Name)]
public sealed class DashboardScreenshots(PostgresApplication postgres, Browser browser) : IClassFixture<Browser>
{
    [Fact(Explicit = true)]
    public async Task Pictures_of_the_docs()
    {
        using var caller = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        await postgres.Application.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");

        await TakeAsync("dashboard", "/", page => page.GetByText("Running").First);
        await TakeAsync("trace", $"/traces/detail/{caller.TraceId}", page => page.GetByText("POST /encrypt").First);
    }

    private async Task TakeAsync(string name, string path, Func<IPage, ILocator> seen)
    {
        await using var dashboard = await browser.NewPageAsync(postgres.Application.Dashboard);
        await dashboard.Page.SetViewportSizeAsync(1400, 800);
        // Spans come in batches.
        await dashboard.Page.WaitForTimeoutAsync(5_000);
        await dashboard.Page.GotoAsync(new Uri(postgres.Application.Dashboard, path).ToString());
        await seen(dashboard.Page).WaitForAsync();
        await dashboard.Page.WaitForTimeoutAsync(2_000);
        await dashboard.Page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots.Folder(), $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
    }
}
