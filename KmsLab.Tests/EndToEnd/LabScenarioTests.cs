using KmsLab.AppHost.Scenarios;

namespace KmsLab.Tests.EndToEnd;

/// <summary>Scenarios played in the lab: from the command line, and on the stage that the page's buttons stand on.</summary>
public sealed class LabScenarioTests
{
    [Fact]
    public async Task Scenario_from_the_command_line_plays_and_ends_with_what_was_found()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start(
            ["--data", folder.Path, "--scenario", "key-guessing", "--Sentinel:Url=http://127.0.0.1:0", "--CryptoApi:Url=http://127.0.0.1:0", "--LocalAws:Url=http://127.0.0.1:0"]);

        await lab.WaitForAsync("expected to find it");
        var exit = await lab.WaitForExitAsync();

        lab.Output.ShouldContain("Normal traffic");
        lab.Output.ShouldContain("kms-error-burst");
        lab.Output.ShouldNotContain("missed");
        exit.ShouldBeOneOf(0, LabScenario.Missed);
    }

    [Fact]
    public async Task Stage_plays_one_scenario_at_a_time_and_stops_it()
    {
        using var folder = new TempFolder();
        await using var lab = await TestLab.StartAsync(folder.Path);
        await using var stage = new LabStage(lab.Lab.Target, TimeProvider.System);

        stage.Start("no-such").ShouldBe("There is no scenario no-such.");
        stage.Start("normal").ShouldBeNull();
        stage.Start("ransom").ShouldBe("normal is still running: stop it, or wait for its end.");
        stage.Stop();
        await UntilAsync(() => stage.Runs[0].To is not null);

        stage.Runs[0].Phase.ShouldBe("stopped");
        stage.Start("dry-run-probing").ShouldBeNull();
        stage.Runs.Select(run => run.Scenario).ShouldBe(["dry-run-probing", "normal"]);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
    }
}
