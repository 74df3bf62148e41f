using System.Globalization;

namespace KmsLab.Sentinel.Detections;

/// <summary>Words that the catalogue of detections and their alarms have in common.</summary>
internal static class Wording
{
    /// <summary>Whether a step of a runbook is a command to paste.</summary>
    public static bool IsCommand(string step) => step.StartsWith("aws ", StringComparison.Ordinal);

    /// <summary>A span of time in words.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
    };
}
