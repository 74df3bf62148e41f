using Microsoft.Extensions.Options;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Tells all that is wrong with the settings at once.</summary>
/// <param name="problems">What is wrong, each with its key and what to do.</param>
public sealed class SettingsException(IReadOnlyList<string> problems)
    : OptionsValidationException("Settings", typeof(SettingsException), problems)
{
    /// <inheritdoc/>
    public override string Message { get; } = problems is [var only]
        ? only
        : $"{problems.Count} settings are wrong.{string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}"))}";
}
