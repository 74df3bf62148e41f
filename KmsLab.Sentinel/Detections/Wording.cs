namespace KmsLab.Sentinel.Detections;

/// <summary>Words that the catalogue of detections and their alarms have in common.</summary>
internal static class Wording
{
    /// <summary>Whether a step of a runbook is a command to paste.</summary>
    public static bool IsCommand(string step) => step.StartsWith("aws ", StringComparison.Ordinal);
}
