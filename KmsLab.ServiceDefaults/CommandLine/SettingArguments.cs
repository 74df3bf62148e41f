using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.ServiceDefaults.CommandLine;

/// <summary>
/// The part of a command line that is configuration: <c>--Section:Key=VALUE</c>, <c>--Section:Key VALUE</c>, and ASP.NET Core's own keys.
/// </summary>
/// <param name="Settings">The settings, each as <c>--Key=VALUE</c>.</param>
/// <param name="Rest">What is left: commands, and options with names of their own.</param>
internal sealed record SettingArguments(IReadOnlyList<string> Settings, IReadOnlyList<string> Rest)
{
    private const string Dashes = "--";

    /// <summary>Environment variables of OpenTelemetry are keys as well.</summary>
    private const string OpenTelemetry = "OTEL_";

    /// <summary>Keys of ASP.NET Core that have no section.</summary>
    private static readonly string[] FrameworkKeys =
    [
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "AllowedHosts", "detailedErrors",
        "shutdownTimeoutSeconds",
    ];

    /// <summary>Sections that every service reads, beside its own.</summary>
    private static readonly string[] SharedSections = ["ConnectionStrings", "AWS", "LocalStack", "Logging", "Kestrel", "Lab"];

    /// <summary>Separates the two.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="section">The service's own section.</param>
    /// <exception cref="CommandLineException">A setting has no value, or a section that nobody reads.</exception>
    public static SettingArguments Split(IReadOnlyList<string> args, string section)
    {
        List<string> settings = [];
        List<string> rest = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (KeyOf(args[i]) is not { } key)
            {
                rest.Add(args[i]);
                continue;
            }

            Check(key, section);
            if (args[i].Contains('=', StringComparison.Ordinal))
                settings.Add(args[i]);
            else if (i + 1 < args.Count && !args[i + 1].StartsWith(Dashes, StringComparison.Ordinal))
                settings.Add($"{args[i]}={args[++i]}");
            else
                throw new CommandLineException($"The setting {args[i]} needs a value: {args[i]}=VALUE.");
        }

        return new(settings, rest);
    }

    /// <summary>The key of an argument that sets one; null for any other.</summary>
    private static string? KeyOf(string argument)
    {
        if (!argument.StartsWith(Dashes, StringComparison.Ordinal))
            return null;
        var key = argument[Dashes.Length..].Split('=', 2)[0];
        var isSetting = key.Contains(':', StringComparison.Ordinal)
            || key.StartsWith(OpenTelemetry, StringComparison.OrdinalIgnoreCase)
            || FrameworkKeys.Contains(key, StringComparer.OrdinalIgnoreCase);
        return isSetting ? key : null;
    }

    /// <summary>A mistyped section would be read by nobody, and the service would run with its defaults.</summary>
    private static void Check(string key, string section)
    {
        string[] known = [section, .. SharedSections];
        if (key.Split(':', 2) is [var named, _] && !known.Contains(named, StringComparer.OrdinalIgnoreCase))
        {
            var question = NearestName.Question(named, known);
            throw new CommandLineException($"{section} reads no section '{named}'{question} It reads {string.Join(", ", known)}.");
        }
    }
}
