namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Tells all that is wrong with the settings at once.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception(problems is [var only] ? only : $"{problems.Count} settings are wrong.{string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}"))}")
{
    /// <summary>What is wrong, each with its key and what to do.</summary>
    public IReadOnlyList<string> Problems => problems;
}
