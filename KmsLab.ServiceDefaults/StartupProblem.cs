using System.Net.Sockets;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace KmsLab.ServiceDefaults;

/// <summary>Turns what stopped a start into one line that says what to change: an operator needs that, not a stack trace.</summary>
public static class StartupProblem
{
    /// <summary>Describes <paramref name="problem"/> in one line.</summary>
    /// <param name="problem">What was thrown while the service was built or started.</param>
    /// <param name="section">The service's configuration section, such as <c>CryptoApi</c>.</param>
    /// <param name="url">Where it should have listened.</param>
    public static string Describe(Exception problem, string section, string? url) => problem switch
    {
        _ when IsPortTaken(problem) =>
            $"{section} can't listen on {url}: the port is taken. Stop the program that uses it, or choose another with --{section}:Url=http://localhost:PORT.",
        SettingsException wrong => wrong.Message,
        OptionsValidationException invalid => OneLine(string.Join(" ", invalid.Failures)),
        _ => OneLine(problem.Message),
    };

    private static bool IsPortTaken(Exception? problem) => problem switch
    {
        null => false,
        AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied } => true,
        _ => IsPortTaken(problem.InnerException),
    };

    private static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
