namespace KmsLab.ServiceDefaults.Settings;

/// <summary>A setting that the service can't do without, and that nobody has set: told with everything else.</summary>
/// <param name="Text">Its key, and how to set it.</param>
public sealed record MissingSetting(string Text);
