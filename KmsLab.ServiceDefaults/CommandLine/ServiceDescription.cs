using System.CommandLine;

namespace KmsLab.ServiceDefaults.CommandLine;

/// <summary>A service as its command line presents it.</summary>
/// <param name="Section">Its configuration section, such as <c>CryptoApi</c>: its name as well.</param>
public sealed record ServiceDescription(string Section)
{
    /// <summary>Says in a sentence or two what the service is.</summary>
    public string Summary { get; init; } = $"The service {Section} of KmsLab.";

    /// <summary>Commands beside running it and <c>health</c>.</summary>
    public IReadOnlyList<Command> Commands { get; init; } = [];

    /// <summary>The settings to know first.</summary>
    public IReadOnlyList<ServiceSetting> Settings { get; init; } = [];

    /// <summary>Pages of the repository that say more, such as <c>docs/cryptoapi.md</c>.</summary>
    public IReadOnlyList<string> Docs { get; init; } = ["README.md"];
}

/// <summary>A setting, for the help.</summary>
/// <param name="Key">Its key, such as <c>CryptoApi:Url</c>.</param>
/// <param name="Text">What it is for.</param>
/// <param name="Default">What it is when nobody sets it; empty when there is none.</param>
public sealed record ServiceSetting(string Key, string Text, string Default = "");
