namespace KmsLab.AppHost.Arguments;

/// <summary>Reads <c>--Section:Key=VALUE</c> and <c>--Section:Key VALUE</c>: any setting of the lab and of its services.</summary>
internal static class SettingArguments
{
    private static readonly string[] Sections =
    [
        "Lab", "LocalAws", "CryptoApi", "Sentinel", "Simulator", "ConnectionStrings", "Logging", "Parameters", "Dashboard", "DcpPublisher",
    ];

    /// <summary>Turns the arguments into configuration keys and values.</summary>
    /// <exception cref="LabException">An option is unknown or lacks its value.</exception>
    public static Dictionary<string, string?> Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (option, value) = Split(arguments[i]);
            var key = KeyOf(option);
            value ??= ++i < arguments.Count ? arguments[i] : null;
            settings[key] = value is null || value.StartsWith("--", StringComparison.Ordinal)
                ? throw new LabException($"the option {option} needs a value: {option}=VALUE.")
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
        var name = option.StartsWith("--", StringComparison.Ordinal) ? option[2..] : "";
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            throw new LabException($"unknown option {option}. Run with --help for the options.");
        return Sections.Contains(name[..colon], StringComparer.OrdinalIgnoreCase)
            ? name
            : throw new LabException($"unknown option {option}: there is no section {name[..colon]}. "
                + $"Settings begin with one of {string.Join(", ", Sections)}.");
    }
}
