namespace KmsLab.Simulator;

/// <summary>A run can't be done; the message says what to change.</summary>
public sealed class SimulatorException(string message, Exception? inner = null) : Exception(message, inner);
