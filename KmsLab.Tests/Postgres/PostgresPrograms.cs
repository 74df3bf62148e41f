using System.Diagnostics;
using KmsLab.AppHost.Databases;

namespace KmsLab.Tests.Postgres;

/// <summary>Processes of the PostgreSQL that AppHost finds on a machine, for tests and measurements.</summary>
internal static class PostgresPrograms
{
    /// <summary>A program, ready to start, with its streams redirected.</summary>
    public static ProcessStartInfo Process(this PostgresInstallation installation, string program, params IEnumerable<string> arguments) =>
        Redirected(installation.Command(program, arguments));

    /// <summary>
    /// A server that ends with the tests, however they end: a shell waits for its standard input to close and then asks the server to stop.
    /// </summary>
    public static ProcessStartInfo Server(this PostgresInstallation installation, params IEnumerable<string> arguments) => Redirected(
    [
        .. installation.RunAs, "/bin/sh", "-c", "\"$@\" & server=$!; read _; kill -INT $server; wait $server", "sh",
        Path.Combine(installation.BinDirectory, "postgres"), .. arguments,
    ]);

    private static ProcessStartInfo Redirected(IReadOnlyList<string> command) => new(command[0], command.Skip(1))
    {
        WorkingDirectory = Path.GetTempPath(), // The tests' own directory may be closed to the other user.
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
