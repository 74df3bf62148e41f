using System.CommandLine;

namespace KmsLab.AppHost.Arguments;

/// <summary>The lab's command line.</summary>
internal sealed class LabCommand
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder that holds keys, secrets and alarms. Default: KmsLab in your local application data.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "JSON file with settings, by section: { \"Sentinel\": { ... }, \"CryptoApi\": { ... } }.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _scenario = new("--scenario")
    {
        Description = "Play a scenario amid normal traffic, print what was detected, and end: "
            + "0 all was found, 3 something was missed or raised wrongly, 1 it could not be played, 130 interrupted. "
            + "Plays against the lab that runs on this data directory, if one does.",
        HelpName = "ID",
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "The scenario's seed.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    // For the help alone: System.CommandLine takes the colon for the end of a name, so SettingArguments parses all settings.
    private readonly Option<string?>[] _settings =
    [
        Setting("--Lab:Mode", "local|localstack|aws", "What stands for AWS: "
            + "LocalAws (the default), LocalStack behind it (containers), or your account (built with -p:FullFeed=true)."),
        Setting("--Lab:Database", "container|postgres|sqlite", "Where secrets and alarms are kept. "
            + "Default: the first of them that this machine has. A data directory stays with what it began with."),
        Setting("--Lab:DashboardUrl", "URL", "Aspire's dashboard. Default: http://localhost:15080."),
        Setting("--CryptoApi:Url", "URL", "Default: http://localhost:5080."),
        Setting("--Sentinel:Url", "URL", "Default: http://localhost:5090."),
        Setting("--LocalAws:Url", "URL", "The AWS endpoint. Default: http://localhost:4566."),
        Setting("--Simulator:Url", "URL", "Default: http://localhost:5070."),
        Setting("--Section:Key", "VALUE", "Any other setting of a service. As an environment variable: Section__Key."),
    ];

    /// <summary>Options that Aspire reads: its command line tool and its publishers pass them.</summary>
    private static readonly string[] AspireOptions =
    [
        "--operation", "--publisher", "--step", "--list-steps", "--output-path", "--log-level", "--include-exception-details",
        "--clear-cache", "--yes", "--environment",
        "--dcp-cli-path", "--dcp-container-runtime", "--dcp-dependency-check-timeout", "--dcp-dashboard-path",
    ];

    private RootCommand Root => new(
        "KmsLab: CryptoApi, Sentinel, an AWS endpoint and a simulator of attacks, as one application of .NET Aspire.\n\n"
        + "  dotnet run --project KmsLab.AppHost [-- options]\n\n"
        + "Aspire's own options pass through, such as --operation, --publisher, --output-path and --environment.")
    {
        _data, _config, _scenario, _seed,
    };

    /// <summary>Prints the help, or the version, if that is what is asked for.</summary>
    public bool Answers(string[] args)
    {
        if (!args.Any(arg => arg is "--help" or "-h" or "-?" or "/?" or "--version"))
            return false;

        var help = Root;
        foreach (var setting in _settings)
            help.Options.Add(setting);
        help.Parse([args.Contains("--version") ? "--version" : "--help"]).Invoke();
        return true;
    }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="LabException">An option is unknown, or its value can't be read.</exception>
    public LabArguments Parse(string[] args)
    {
        var (aspire, own) = Separate(args);
        var root = Root;
        root.TreatUnmatchedTokensAsErrors = false;
        var parsed = root.Parse(own);
        if (parsed.Errors is [{ Message: var message }, ..])
            throw new LabException($"{message.TrimEnd('.')}. Run with --help for the options.");

        var settings = SettingArguments.Parse(parsed.UnmatchedTokens);
        if (parsed.GetValue(_data) is { } data)
            settings["Lab:DataDirectory"] = data;
        return new(settings, parsed.GetValue(_config), parsed.GetValue(_scenario), parsed.GetValue(_seed), aspire);
    }

    private static (List<string> Aspire, List<string> Own) Separate(string[] args)
    {
        List<string> aspire = [], own = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (!AspireOptions.Contains(args[i].Split('=')[0], StringComparer.OrdinalIgnoreCase))
            {
                own.Add(args[i]);
                continue;
            }

            aspire.Add(args[i]);
            var hasValue = args[i].Contains('=', StringComparison.Ordinal);
            if (!hasValue && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                aspire.Add(args[++i]);
        }

        return (aspire, own);
    }

    private static Option<string?> Setting(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };
}
