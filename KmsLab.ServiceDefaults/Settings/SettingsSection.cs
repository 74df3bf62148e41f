namespace KmsLab.ServiceDefaults.Settings;

/// <summary>A place of the configuration that somebody reads.</summary>
/// <param name="Path">Where, such as <c>CryptoApi:Audit</c>.</param>
/// <param name="Type">What is read there: an options type, or the type of a single value.</param>
public sealed record SettingsSection(string Path, Type Type)
{
    /// <summary>The meaning of a value that no options type tells of.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>The default of a single value.</summary>
    public object? Default { get; init; }
}
