using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>Ends of the Aspire application, orderly or not, after which the secrets are there, and no process and no taken port.</summary>
public sealed class LabEndTests
{
    private const string Text = "Welcome";

    private static readonly string[] Programs =
        ["dcp", "Aspire.Dashboard", "KmsLab.CryptoApi", "KmsLab.LocalAws", "KmsLab.Sentinel", "KmsLab.Simulator", "postgres"];

    [Fact]
    public async Task Signal_in_the_midst_of_a_scenario_is_no_success()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), "--scenario", "key-guessing"]);

        await lab.WaitForAsync("normal traffic first");
        lab.Signal("INT");

        (await lab.WaitForExitAsync()).ShouldBe(130, lab.Output);
    }

    [Theory]
    [InlineData("sqlite", "INT")]
    [InlineData("postgres", "TERM")]
    public async Task Signal_ends_all_of_it_and_a_secret_is_there_at_the_next_start(string database, string signal)
    {
        using var folder = new TempFolder();
        using var cluster = database == "postgres" ? new LabCluster(folder) : null;
        string key;
        await using (var lab = await ProcessLab.StartAsync(folder, database))
        {
            key = await lab.EncryptAsync(database, Text);
            var processes = LabProcesses.Of(lab.Process.Id);
            await lab.StopAsync(signal);
            await processes.WaitUntilGoneAsync();
        }

        await using var next = await ProcessLab.StartAsync(folder, database);
        (await TextAsync(next, database, key)).ShouldBe(Text);
        await next.StopAsync(signal);
    }

    [Fact]
    public async Task Kill_leaves_no_process_no_taken_port_and_data_that_a_lab_starts_on_again()
    {
        using var folder = new TempFolder();
        using var cluster = new LabCluster(folder);
        string key;
        await using (var lab = await ProcessLab.StartAsync(folder, "postgres"))
        {
            key = await lab.EncryptAsync("killed", Text);
            var processes = LabProcesses.Of(lab.Process.Id);
            Programs.ShouldBeSubsetOf(processes.Names);
            new[] { lab.CryptoApi, lab.LocalAws, lab.Sentinel }.Select(address => address.Port).ShouldBeSubsetOf(processes.Ports);

            lab.Process.Kill();

            await processes.WaitUntilGoneAsync();
        }

        await using var next = await ProcessLab.StartAsync(folder, "postgres");
        (await TextAsync(next, "killed", key)).ShouldBe(Text);
        await next.StopAsync();
    }

    /// <summary>A service that is stopped in its tracks holds up the orderly end.</summary>
    [Fact]
    public async Task Second_signal_ends_the_lab_at_once_and_nothing_stays_behind()
    {
        using var folder = new TempFolder();
        await using var lab = await ProcessLab.StartAsync(folder, "sqlite");
        var processes = LabProcesses.Of(lab.Process.Id);
        var held = processes.IdOf("KmsLab.LocalAws");
        LabProcess.Signal("STOP", held);

        lab.Process.Signal("INT");
        await processes.WaitUntilGoneAsync("KmsLab.CryptoApi"); // LocalAws is stopped next.
        lab.Process.Signal("INT");
        var exit = await lab.Process.WaitForExitAsync();

        processes.Left().ShouldContain($"KmsLab.LocalAws ({held})", "the lab did not end before the service that holds it up");
        exit.ShouldNotBe(0);
        await processes.WaitUntilGoneAsync();
    }

    private static async Task<string> TextAsync(RunningLab lab, string name, string key)
    {
        using var answer = await lab.DecryptAsync(name, key);
        return (await RunningLab.JsonAsync(answer))["Text"]!.GetValue<string>();
    }
}
