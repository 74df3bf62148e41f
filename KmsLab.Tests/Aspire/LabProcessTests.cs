using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// The Aspire application as users have it: a process of its own, with the orchestrator, the dashboard and the services below it.
/// </summary>
public sealed class LabProcessTests
{
    private const string Webhook = "Sentinel:Notifications:Webhooks:team-with-a-name-of-some-length";

    /// <summary>In a home where .NET and Aspire never kept anything yet, which is when they have most to say.</summary>
    [Fact]
    public async Task Lab_prints_where_it_is_and_nothing_else()
    {
        using var folder = new TempFolder();
        var home = Directory.CreateDirectory(folder["home"]).FullName;
        await using var lab = await ProcessLab.StartAsync(folder, "sqlite", new Dictionary<string, string> { ["HOME"] = home });
        await lab.StopAsync();

        var lines = lab.Process.Output.Trim().Split('\n');
        lines[0].ShouldBe("KmsLab is running.", lab.Process.Output);
        lines[^1].ShouldBe("Ctrl-C stops the lab.", lab.Process.Output);
        lines.Length.ShouldBeLessThanOrEqualTo(15);
        CommandsIn(lines).ShouldNotBeEmpty();
        CommandsIn(lines).ShouldAllBe(command => IsShell(command));
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
        await File.WriteAllTextAsync(
            credentials,
            $"[hostile]\naws_access_key_id=AKIAHOSTILE\naws_secret_access_key=x\nendpoint_url={url}\n",
            TestContext.Current.CancellationToken);
        using var lab = LabProcess.Start(ProcessLab.Arguments(folder), new Dictionary<string, string>
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
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), "--scenario", "key-guessing"]);

        await lab.WaitForAsync("expected to find it");
        var exit = await lab.WaitForExitAsync();

        lab.Output.ShouldContain("normal traffic first");
        lab.Output.ShouldContain("kms-error-burst");
        lab.Output.ShouldNotContain("missed");
        exit.ShouldBe(0, lab.Output);
    }

    [Fact]
    public async Task Account_without_the_full_feed_is_one_line_and_exit_code_1()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("FullFeed") == "true", "Here it has it.");
        using var folder = new TempFolder();
        using var lab = LabProcess.Start(["--data", folder.Path, "--Lab:Mode=aws"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldBe("KmsLab could not start: mode aws needs Aspire.Hosting.AWS. "
            + "Run: dotnet run --project KmsLab.AppHost -p:FullFeed=true -- --Lab:Mode=aws");
    }

    [Fact]
    public async Task Orchestrator_that_does_not_answer_is_one_line_and_exit_code_1()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start(
            [.. ProcessLab.Arguments(folder), "--dcp-cli-path", SilentOrchestrator(folder), "--dcp-dependency-check-timeout", "1"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldStartWith("KmsLab could not start: Aspire's orchestrator does not start: ");
        lab.Output.ShouldNotContain("\n");
    }

    [Fact]
    public async Task Signal_in_the_midst_of_the_start_ends_it_without_a_word()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), "--dcp-cli-path", SilentOrchestrator(folder)]);
        while (!File.Exists(folder["asked"]))
        {
            lab.FailIfEnded();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        lab.Signal("TERM");

        (await lab.WaitForExitAsync()).ShouldBe(0, lab.Output);
        lab.Output.ShouldBe("");
    }

    [Fact]
    public async Task Unknown_scenario_is_one_line_and_exit_code_1()
    {
        using var lab = LabProcess.Start(["--scenario", "no-such"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldStartWith("KmsLab could not play the scenario: there is no scenario no-such. Choose among normal, ");
    }

    [Fact]
    public async Task Wrong_setting_of_a_service_is_its_own_line_and_exit_code_1()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), "--CryptoApi:KeyPolicy=Nonsense"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldBe(
            "KmsLab could not start: CryptoApi:KeyPolicy (environment variable CryptoApi__KeyPolicy): it is 'Nonsense'. It is one of Shared, PerRecord.");
    }

    [Fact]
    public async Task Several_wrong_settings_of_a_service_are_all_told()
    {
        using var folder = new TempFolder();
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), "--CryptoApi:KeyPolicy=Nonsense", "--CryptoApi:CreateKee=true"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldContain("KmsLab could not start: 2 settings are wrong.");
        lab.Output.ShouldContain("it is 'Nonsense'. It is one of Shared, PerRecord.");
        lab.Output.ShouldContain("there is no setting 'CreateKee': did you mean 'CreateKey'?");
    }

    /// <summary>Twice: Aspire keeps a state of its own from the first on. Secrets of the user's are left to whoever deploys.</summary>
    [Fact]
    public async Task Manifest_is_written_again_and_again_and_holds_no_secret_and_no_folder_of_this_machine()
    {
        using var folder = new TempFolder();
        foreach (var round in new[] { 1, 2 })
        {
            using var publish = LabProcess.Start(
            [
                "--data", folder["data"], "--operation", "publish", "--publisher", "manifest", "--output-path", folder["manifest"],
                "--ConnectionStrings:vault=Host=db;Username=app;Password=hidden-password",
                $"--{Webhook}:Url=https://hooks.example.com/hidden-path", $"--{Webhook}:Secret=hidden-secret-of-32-characters",
            ]);
            (await publish.WaitForExitAsync()).ShouldBe(0, $"round {round}: {publish.Output}");
        }

        var manifest = Path.Combine(folder["manifest"], "aspire-manifest.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        text.ShouldContain("\"cryptoapi\"");
        text.ShouldNotContain(folder["data"]);
        text.ShouldContain("\"ConnectionStrings__vault\": \"{connectionstrings-vault.value}\"");
        text.ShouldNotContain("hidden-");
        text.ShouldNotContain("SecretAccessKey");
        text.ShouldNotContain("BEGIN PRIVATE KEY");
        Directory.Exists(folder["data"]).ShouldBeFalse("a password was made for a deployment");
    }

    [Fact]
    public async Task Taken_port_is_one_line_and_exit_code_1()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://localhost:{((IPEndPoint)other.LocalEndpoint).Port}";
        using var lab = LabProcess.Start([.. ProcessLab.Arguments(folder), $"--CryptoApi:Url={url}"]);

        (await lab.WaitForExitAsync()).ShouldBe(1);
        lab.Output.ShouldBe($"KmsLab could not start: CryptoApi can't listen on {url}: the port is taken. "
            + "Stop the program that uses it, or choose another with --CryptoApi:Url=http://localhost:PORT.");
    }

    /// <summary>A program in the orchestrator's place that is asked and does not answer.</summary>
    private static string SilentOrchestrator(TempFolder folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "it is a shell script");
        File.WriteAllText(folder["orchestrator"], $"#!/bin/sh\ntouch {folder["asked"]}\nexec sleep 60\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["orchestrator"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder["orchestrator"];
    }

    private static IEnumerable<string> CommandsIn(IEnumerable<string> lines) =>
        lines.Select(line => line.Trim()).Where(line => line.StartsWith("curl ", StringComparison.Ordinal));

    /// <summary>Tells if a shell can read the command; it is not run.</summary>
    private static bool IsShell(string command)
    {
        using var shell = Process.Start("sh", ["-n", "-c", command]);
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
