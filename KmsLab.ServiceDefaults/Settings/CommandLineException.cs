namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Says in one line what is wrong with a command line, or with the file that it names.</summary>
public sealed class CommandLineException(string message, Exception? inner = null) : Exception(message, inner);
