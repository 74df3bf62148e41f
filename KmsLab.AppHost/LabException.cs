namespace KmsLab.AppHost;

/// <summary>A reason why the lab can't start, in one sentence that says what to change.</summary>
public sealed class LabException(string message, Exception? inner = null) : Exception(message, inner);
