using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KmsLab.Tests.EndToEnd;

public sealed class LabProcessTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Lab_prints_where_it_is_and_stops_cleanly_on_a_signal(string signal)
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start(Arguments(folder));
        await lab.WaitForAsync("Ctrl-C stops the lab.");

        lab.Signal(signal);

        (await lab.WaitForExitAsync()).ShouldBe(0);
        lab.Output.ShouldContain("/encrypt");
        lab.Output.ShouldNotContain("Exception");
        CommandsIn(lab.Output).ShouldNotBeEmpty();
        CommandsIn(lab.Output).ShouldAllBe(command => IsShell(command));
    }

    [Fact]
    public async Task Wrong_option_is_one_line_and_exit_code_1()
    {
        using var lab = LabProcess.Start(["--dta", "x"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldBe("KmsLab could not start: unknown option --dta. Run with --help for the options.");
    }

    /// <summary>A developer's shell is full of AWS settings; none may lead the lab's calls, or its secrets, to a real account.</summary>
    [Fact]
    public async Task Lab_calls_no_other_endpoint_whatever_AWS_settings_the_environment_has()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}";
        var credentials = folder["credentials"];
        await File.WriteAllTextAsync(credentials, $"[hostile]\naws_access_key_id=AKIAHOSTILE\naws_secret_access_key=x\nendpoint_url={url}\n", TestContext.Current.CancellationToken);
        using var lab = LabProcess.Start(Arguments(folder), new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = url,
            ["AWS_ENDPOINT_URL_KMS"] = url,
            ["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"] = url,
            ["AWS_ENDPOINT_URL_STS"] = url,
            ["AWS_PROFILE"] = "hostile",
            ["AWS_SHARED_CREDENTIALS_FILE"] = credentials,
            ["AWS_CONFIG_FILE"] = credentials,
            ["AWS_ACCESS_KEY_ID"] = "AKIAHOSTILE",
            ["AWS_SECRET_ACCESS_KEY"] = "x",
            ["AWS_REGION"] = "eu-central-1",
            ["AWS__ServiceURL"] = url,
            ["AWS__Profile"] = "hostile",
            ["AWS__Region"] = "eu-central-1",
            ["HTTP_PROXY"] = url,
        });

        await lab.WaitForAsync("Ctrl-C stops the lab.");
        lab.Signal("TERM");
        (await lab.WaitForExitAsync()).ShouldBe(0);

        elsewhere.Pending().ShouldBeFalse("something connected to the hostile endpoint");
    }

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
        exit.ShouldBe(0, lab.Output);
    }

    [Fact]
    public async Task Signal_in_the_midst_of_a_scenario_is_no_success()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start(
            ["--data", folder.Path, "--scenario", "key-guessing", "--Sentinel:Url=http://127.0.0.1:0", "--CryptoApi:Url=http://127.0.0.1:0", "--LocalAws:Url=http://127.0.0.1:0"]);

        await lab.WaitForAsync("Normal traffic");
        lab.Signal("INT");

        (await lab.WaitForExitAsync()).ShouldBe(130, lab.Output);
    }

    private static IEnumerable<string> CommandsIn(string output) =>
        output.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.StartsWith("curl ", StringComparison.Ordinal));

    /// <summary>Whether a shell can read the command; it is not run.</summary>
    private static bool IsShell(string command)
    {
        using var shell = Process.Start("sh", ["-n", "-c", command]);
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }

    private static string[] Arguments(TempFolder folder) =>
    [
        "--data", folder.Path,
        .. new[] { "LocalAws", "CryptoApi", "Sentinel" }.Select(service => $"--{service}:Url=http://127.0.0.1:{LabProcess.FreePort()}"),
    ];
}
