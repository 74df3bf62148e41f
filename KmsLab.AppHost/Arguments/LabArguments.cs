namespace KmsLab.AppHost.Arguments;

/// <summary>Holds the command line, read and sorted.</summary>
/// <param name="Settings">
/// Configuration keys and values, such as <c>CryptoApi:Url</c>, that stand over the environment and the file.
/// </param>
/// <param name="ConfigFile">A JSON file with settings, or null.</param>
/// <param name="Scenario">Id of the scenario to play, after which the lab ends; or null.</param>
/// <param name="Seed">The scenario's seed.</param>
/// <param name="Aspire">Arguments for Aspire itself, as they were given.</param>
internal sealed record LabArguments(
    IReadOnlyDictionary<string, string?> Settings, string? ConfigFile, string? Scenario, int Seed, IReadOnlyList<string> Aspire);
