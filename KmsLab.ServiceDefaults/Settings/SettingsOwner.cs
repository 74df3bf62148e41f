namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Names the service whose settings these are.</summary>
/// <param name="Section">Its section, such as <c>CryptoApi</c>.</param>
internal sealed record SettingsOwner(string Section);
