namespace KmsLab.AppHost;

/// <summary>The command line of the embedded lab: a few short options, and any configuration key of the services.</summary>
internal static class LabArguments
{
    private static readonly Dictionary<string, string> ShortOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--data"] = "Lab:DataDirectory",
        ["--scenario"] = ScenarioKey,
        ["--seed"] = SeedKey,
    };

    /// <summary>The scenario to play; the lab ends with it.</summary>
    public const string ScenarioKey = "Lab:Scenario";

    /// <summary>The scenario's seed.</summary>
    public const string SeedKey = "Lab:Seed";

    private static readonly string[] Sections = ["Lab", "LocalAws", "CryptoApi", "Sentinel", "Logging", "ConnectionStrings"];

    public const string Help = """
        KmsLab, the embedded lab: CryptoApi, Sentinel and an AWS endpoint in one process.

          dotnet run --project KmsLab.AppHost [-- options]

          --data DIR                     where keys, secrets and alarms are kept
                                         (default: the folder KmsLab in your local application data)
          --scenario ID                  play a scenario in the midst of normal traffic, say what was
                                         detected, and end: 0 all of it, 3 something was missed
                                         or false, 1 it could not be played, 130 interrupted
          --seed N                       the scenario's seed (default: 1)
          --CryptoApi:Url=URL            default http://localhost:5080
          --Sentinel:Url=URL             default http://localhost:5090
          --LocalAws:Url=URL             default http://localhost:4566
          --Section:Key=VALUE            any other setting of Lab, LocalAws, CryptoApi, Sentinel or Logging
          --help                         this text

        Every setting can also be an environment variable, such as CryptoApi__Url.
        """;

    public static bool AsksForHelp(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?");

    /// <summary>Turns the arguments into configuration keys and values.</summary>
    /// <exception cref="LabException">An option is unknown or lacks its value.</exception>
    public static Dictionary<string, string?> Parse(string[] args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Length; i++)
        {
            var (option, value) = Split(args[i]);
            var key = KeyOf(option);
            value ??= ++i < args.Length ? args[i] : null;
            settings[key] = string.IsNullOrWhiteSpace(value) || value.StartsWith("--", StringComparison.Ordinal)
                ? throw new LabException($"the option {option} needs a value: {option} VALUE.")
                : value;
        }

        return settings;
    }

    private static (string Option, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static string KeyOf(string option)
    {
        if (ShortOptions.TryGetValue(option, out var key))
            return key;

        var name = option.StartsWith("--", StringComparison.Ordinal) ? option[2..] : "";
        return name.Contains(':', StringComparison.Ordinal) && Sections.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase)
            ? name
            : throw new LabException($"unknown option {option}. Run with --help for the options.");
    }
}
