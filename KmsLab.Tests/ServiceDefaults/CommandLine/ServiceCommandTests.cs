using System.Collections;
using KmsLab.CryptoApi;
using KmsLab.LocalAws;
using KmsLab.LocalAws.Settings;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Host;
using KmsLab.ServiceDefaults.CommandLine;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.ServiceDefaults.CommandLine;

/// <summary>The command lines of the services, as processes.</summary>
public sealed class ServiceCommandTests
{
    [Theory]
    [InlineData("KmsLab.CryptoApi", "docs/cryptoapi.md", "--CryptoApi:KmsKeyId", "new-api-key", "health")]
    [InlineData("KmsLab.LocalAws", "docs/localaws.md", "--LocalAws:DataDirectory", "health", "--config <FILE>")]
    [InlineData("KmsLab.Sentinel", "docs/operations.md", "--Sentinel:LogGroups:0", "replay <path>", "detections")]
    public async Task Help_says_what_a_service_is_and_what_it_takes(string program, params string[] parts)
    {
        var (exitCode, output) = await RunAsync(program, "--help");

        exitCode.ShouldBe(0, output);
        foreach (var part in parts)
            output.ShouldContain(part);
    }

    [Theory]
    [InlineData("KmsLab.Sentinel", "replay", "--database")]
    [InlineData("KmsLab.Sentinel", "detections", "docs/detections.md")]
    [InlineData("KmsLab.Sentinel", "new-api-key", "Sentinel:Api:Keys")]
    [InlineData("KmsLab.CryptoApi", "health", "CryptoApi__Url")]
    [InlineData("KmsLab.CryptoApi", "migrate", "MIGRATE_USER_PASSWORD")]
    public async Task Help_of_a_command_is_its_own(string program, string command, string part)
    {
        var (exitCode, output) = await RunAsync(program, command, "--help");

        exitCode.ShouldBe(0, output);
        output.ShouldContain(part);
        output.ShouldNotContain("Settings (");
    }

    [Theory]
    [InlineData(
        "KmsLab.Sentinel",
        "repaly x",
        "Sentinel has no command 'repaly': did you mean 'replay'? It has the commands migrate, replay, verify, test, notify-test, detections, new-api-key, check, settings, health;")]
    [InlineData("KmsLab.Sentinel", "--halp", "Sentinel has no option '--halp': did you mean '--help'?")]
    [InlineData("KmsLab.Sentinel", "--Sentinle:Url=http://localhost:1", "did you mean 'Sentinel'?")]
    [InlineData("KmsLab.Sentinel", "replay . --jsn", "Sentinel replay has no option '--jsn': did you mean '--json'?")]
    [InlineData("KmsLab.Sentinel", "replay", "Sentinel replay: Required argument 'path' missing")]
    [InlineData("KmsLab.Sentinel", "replay . --config /no/such.json", "--config /no/such.json: there is no such file.")]
    [InlineData("KmsLab.Sentinel", "--Sentinel:Url=http://localhost:1 replay .", "Sentinel replay takes no settings")]
    [InlineData(
        "KmsLab.Sentinel",
        "--Sentinel:Database=Sqlite --ConnectionStrings:sentinel=DataSource=/no/such/x.db",
        "Sentinel:LogGroups names no log group")]
    [InlineData("KmsLab.CryptoApi", "--config /no/such.json", "CryptoApi could not start: --config /no/such.json: there is no such file.")]
    [InlineData("KmsLab.CryptoApi", "--config", "CryptoApi: Required argument missing for option: '--config'.")]
    [InlineData(
        "KmsLab.CryptoApi",
        "--CryptoApi:Database=Sqlite --ConnectionStrings:vault=DataSource=/no/such/x.db "
            + "--AWS:AccessKeyId=x --AWS:SecretAccessKey=x --AWS:Region=us-east-1",
        "The database of ConnectionStrings:vault can't be used")]
    [InlineData("KmsLab.LocalAws", "start", "LocalAws has no command 'start'. It has the commands check, settings, health;")]
    [InlineData("KmsLab.LocalAws", "--LocalAws:Url=http://0.0.0.0:0", "LocalAws could not start: LocalAws is a lab tool")]
    public async Task Command_line_that_can_not_be_followed_is_one_line_and_1(string program, string arguments, string line)
    {
        var (exitCode, output) = await RunAsync(program, arguments.Split(' '));

        exitCode.ShouldBe(1, output);
        output.ShouldNotContain('\n');
        output.ShouldContain(line);
    }

    [Fact]
    public async Task Config_file_counts_above_the_environment_and_below_the_command_line()
    {
        using var folder = new TempFolder();
        var (fromFile, fromLine) = (LabProcess.FreePort(), LabProcess.FreePort());
        await File.WriteAllTextAsync(
            folder["lab.json"],
            $$"""
            {
              "LocalAws": { "Url": "http://127.0.0.1:{{fromFile}}", "DataDirectory": "{{folder["from-file"]}}" },
              "CryptoApi": { "Url": "http://127.0.0.1:1" }
            }
            """,
            TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["LocalAws__Url"] = "http://127.0.0.1:1",
            ["LocalAws__DataDirectory"] = folder["from-environment"],
        };

        using var plain = LabProcess.Start(["--config", folder["lab.json"]], environment, "KmsLab.LocalAws");
        await plain.WaitForAsync(new Uri($"http://127.0.0.1:{fromFile}"));
        Directory.Exists(folder["from-file"]).ShouldBeTrue();
        plain.Signal("INT");
        (await plain.WaitForExitAsync()).ShouldBe(0, plain.Output);

        using var overruled = LabProcess.Start(
            [$"--LocalAws:Url=http://127.0.0.1:{fromLine}", "--config", folder["lab.json"]], environment, "KmsLab.LocalAws");
        await overruled.WaitForAsync(new Uri($"http://127.0.0.1:{fromLine}"));
        overruled.Signal("TERM");
        (await overruled.WaitForExitAsync()).ShouldBe(0, overruled.Output);
        Directory.Exists(folder["from-environment"]).ShouldBeFalse();
    }

    [Fact]
    public void Help_names_the_defaults_that_the_options_have()
    {
        ShouldHold(CryptoApiProgram.Description, new CryptoApiOptions());
        ShouldHold(LocalAwsProgram.Description, new LocalAwsOptions());
        ShouldHold(SentinelProgram.Description, new SentinelOptions());
    }

    /// <summary>Looks up each setting whose first name is an option; others are read elsewhere.</summary>
    private static void ShouldHold(ServiceDescription service, object options)
    {
        var looked = 0;
        foreach (var setting in service.Settings.Where(setting => setting.Key.StartsWith($"{service.Section}:", StringComparison.Ordinal)))
        {
            object? value = options;
            var names = setting.Key.Split(':')[1..];
            if (value.GetType().GetProperty(names[0]) is null)
                continue;
            foreach (var name in names.TakeWhile(name => !int.TryParse(name, out _)))
                value = value?.GetType().GetProperty(name).ShouldNotBeNull($"{setting.Key} is no option").GetValue(value);
            (value is null or ICollection { Count: 0 } ? "" : value.ToString()).ShouldBe(setting.Default, setting.Key);
            looked++;
        }

        looked.ShouldBeGreaterThan(1);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = LabProcess.Start(arguments, program: program);
        var exitCode = await process.WaitForExitAsync();
        return (exitCode, process.Output);
    }
}
