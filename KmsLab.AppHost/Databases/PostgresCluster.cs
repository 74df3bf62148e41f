using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>The lab's own cluster of the PostgreSQL server that is installed on this machine.</summary>
/// <param name="installation">The server's programs.</param>
/// <param name="data">The data directory.</param>
internal sealed class PostgresCluster(PostgresInstallation installation, DataDirectory data)
{
    /// <summary>The database's owner.</summary>
    public const string Owner = "kmslab";

    /// <summary>
    /// Parent of the clusters of a root user's labs.
    /// Nobody else can reach into the data directory, and root may not run the server.
    /// </summary>
    private const string RootsParent = "/var/lib/kmslab";

    /// <summary>
    /// A shell hands a request to stop on as SIGINT.
    /// At SIGTERM the server would wait for its clients to leave by themselves.
    /// Its log, which it writes to standard error line by line whether anything is wrong or not, is no error on the dashboard.
    /// </summary>
    private const string Wrapper = """
        "$@" 2>&1 & server=$!; trap 'kill -INT $server' INT TERM; wait $server; wait $server
        """;

    /// <summary>The cluster's folder: in the data directory, or for root in one that the server's user can reach.</summary>
    public string Directory { get; } = installation.User is null
        ? data.PathOf(LabFiles.PostgresCluster)
        : Path.Combine(RootsParent, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Path)))[..12]);

    /// <summary>Makes the cluster at the first start, and stops a server that an earlier lab left behind.</summary>
    /// <exception cref="LabException">A program of the server failed.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(Directory, "PG_VERSION")))
            await CreateAsync(cancellationToken);
        else if (File.Exists(Path.Combine(Directory, "postmaster.pid")))
            await TryRunAsync(installation.Command("pg_ctl", "stop", "-D", Directory, "-m", "fast", "-s"), cancellationToken);
    }

    /// <summary>The server's command line.</summary>
    public IReadOnlyList<string> ServerCommand(int port) =>
    [
        "/bin/sh", "-c", Wrapper, "sh",
        .. installation.Command(
            "postgres", "-D", Directory, "-p", $"{port}",
            "-c", "listen_addresses=localhost", "-c", "unix_socket_directories=", "-c", "shared_buffers=32MB"),
    ];

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var passwordFile = data.PathOf(LabFiles.PostgresPassword);
        if (installation.User is { } user)
        {
            await RunAsync(["install", "-d", "-o", user, "-m", "0700", Directory], cancellationToken);
            // The server's user can't read the data directory's file.
            var copy = Directory + ".password";
            await RunAsync(["install", "-o", user, "-m", "0400", passwordFile, copy], cancellationToken);
            passwordFile = copy;
        }

        try
        {
            await RunAsync(
                installation.Command(
                    "initdb", "-D", Directory, "-U", Owner, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={passwordFile}"),
                cancellationToken);
        }
        finally
        {
            if (installation.User is not null)
                File.Delete(passwordFile);
        }
    }

    private static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        if (await TryRunAsync(command, cancellationToken) is { } problem)
        {
            throw new LabException($"PostgreSQL's cluster could not be made: {problem} Use SQLite in another data directory: "
                + "--Lab:Database=sqlite --data DIR.");
        }
    }

    /// <returns>Null, or what it printed when it failed.</returns>
    private static async Task<string?> TryRunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? null
            : string.Join(' ', $"{errors} {await output}".Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
    }
}
