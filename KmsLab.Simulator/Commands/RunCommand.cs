using System.CommandLine;

namespace KmsLab.Simulator.Commands;

/// <summary><c>run</c>: a scenario for real.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var scenario = new Argument<string>("scenario") { Description = "One of those that list shows." };
        var cryptoApi = new Option<string>("--cryptoapi") { Description = "The application's address.", DefaultValueFactory = _ => "http://localhost:5080" };
        var endpoint = new Option<string>("--endpoint") { Description = "The AWS endpoint's address.", DefaultValueFactory = _ => "http://localhost:4566" };
        var region = new Option<string>("--region") { Description = "The Region.", DefaultValueFactory = _ => "us-east-1" };
        var account = new Option<string>("--account") { Description = "The account.", DefaultValueFactory = _ => "000000000000" };
        var vault = new Option<string?>("--vault")
        {
            Description = "The application's database, which the thief has a copy of: a SQLite file (vault.db in the lab's "
                + "data directory), or the connection string of a PostgreSQL. It is only read.",
        };
        var passwordFile = new Option<string?>("--vault-password-file")
        {
            Description = "The file that holds that database's password, which the connection string then lacks.",
        };
        var truth = new Option<string?>("--truth") { Description = "Write the ground truth to this file." };
        var speed = new Option<double?>("--speed") { Description = "How many times faster than planned: 60 makes a minute of an hour. By default as fast as suits a demonstration." };
        var length = Options.Span("--for", "How long it may take at most, by the clock on the wall: 90s, 10m. Default: 10m.");
        var maxCalls = new Option<int>("--max-calls") { Description = "It ends after so many calls.", DefaultValueFactory = _ => 2000 };
        var apiKey = new Option<string?>("--api-key") { Description = "An API key, where the application asks for one." };
        var owns = new Option<bool>("--i-own-this-account") { Description = "Attack an endpoint beyond this machine, too: its keys and its trail will be changed." };
        var (seed, pace) = (Options.Seed(), Options.Pace());

        var command = new Command("run", "Plays a scenario against CryptoApi and the AWS endpoint, and puts right afterwards what it changed.")
        {
            scenario, cryptoApi, endpoint, region, account, vault, passwordFile, truth, seed, speed, length, maxCalls, pace, apiKey, owns,
        };
        command.SetAction((parsed, cancellationToken) => SimulatorCommand.GuardAsync(() =>
        {
            var (application, aws) = (Url(parsed.GetRequiredValue(cryptoApi)), Url(parsed.GetRequiredValue(endpoint)));
            var target = new LabTarget(application, aws, parsed.GetRequiredValue(region))
            {
                Vault = VaultOption.Read(parsed.GetValue(vault), parsed.GetValue(passwordFile)),
                AccountId = parsed.GetRequiredValue(account),
                ApiKey = parsed.GetValue(apiKey),
                OwnsThisAccount = parsed.GetValue(owns),
            };
            var settings = new LiveSettings(parsed.GetValue(seed), parsed.GetValue(speed), parsed.GetValue(maxCalls))
            {
                For = parsed.GetValue(length) ?? TimeSpan.FromMinutes(10),
                Pace = parsed.GetValue(pace),
            };
            return RunAsync(SimulatorCommand.Scenario(parsed.GetRequiredValue(scenario)), target, settings, parsed.GetValue(truth), cancellationToken);
        }));
        return command;
    }

    private static async Task RunAsync(ScenarioInfo scenario, LabTarget target, LiveSettings settings, string? truthFile, CancellationToken cancellationToken)
    {
        var simulator = new LiveSimulator(target, TimeProvider.System);
        var truth = await RunProgress.ShowAsync(scenario, progress => simulator.RunAsync(scenario.Id, settings, progress, cancellationToken));
        RunProgress.Tell(truth);
        if (truthFile is not null)
            await File.WriteAllTextAsync(truthFile, truth.ToJson(), CancellationToken.None);
    }

    private static Uri Url(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url
        : throw new SimulatorException($"'{text}' is no address: write it as http://localhost:5080.");
}
