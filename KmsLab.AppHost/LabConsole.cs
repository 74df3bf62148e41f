using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace KmsLab.AppHost;

/// <summary>One line a message, with the service's name before it: three services write to one terminal, and people read it.</summary>
internal sealed class LabConsole(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lab";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.WriteLine($"{time.GetLocalNow():HH:mm:ss} {Level(logEntry.LogLevel)} {Service(logEntry.Category)}: {message}");
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine(exception);
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };

    /// <summary><c>Sentinel</c> for <c>KmsLab.Sentinel.Publishing.LogChannel</c>; other categories as they are.</summary>
    private static string Service(string category) => category.Split('.') is ["KmsLab", var service, ..] ? service : category;
}
