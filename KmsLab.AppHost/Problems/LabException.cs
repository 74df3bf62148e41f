namespace KmsLab.AppHost.Problems;

/// <summary>A reason why the lab can't do what it should, in one sentence that says what to change.</summary>
public sealed class LabException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Names the act that failed, as in "KmsLab could not start".</summary>
    public string Aim { get; init; } = "start";
}
