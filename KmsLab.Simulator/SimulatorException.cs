namespace KmsLab.Simulator;

/// <summary>A run can't be done, or left something as it was not; the message says what to change.</summary>
public sealed class SimulatorException(string message, Exception? inner = null) : Exception(message, inner);
