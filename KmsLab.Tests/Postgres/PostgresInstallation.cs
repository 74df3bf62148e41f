using System.Diagnostics;

namespace KmsLab.Tests.Postgres;

/// <summary>Where this machine keeps PostgreSQL's server programs, and how to run them: a server refuses to run as root.</summary>
internal sealed record PostgresInstallation(string BinDirectory, IReadOnlyList<string> RunAs)
{
    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    /// <summary>Looks on PATH, then where Debian's packages put servers, newest first.</summary>
    /// <returns>The installation, or the reason why there is none.</returns>
    public static (PostgresInstallation? Found, string Reason) Find()
    {
        if (OperatingSystem.IsWindows())
            return (null, "these tests start PostgreSQL on Unix only");

        var bin = Candidates().FirstOrDefault(directory => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres")));
        if (bin is null)
            return (null, "no PostgreSQL server (initdb, postgres) on PATH or under /usr/lib/postgresql/*/bin");

        if (!Environment.IsPrivilegedProcess)
            return (new(bin, []), "");

        // setpriv replaces itself by the server; runuser stays its parent, which serves as well.
        var runAs = Unprivileged.Where(UserExists).SelectMany(user => new[] { SetPriv(user), RunUser(user) }).FirstOrDefault(prefix => prefix is not null);
        return runAs is null ? (null, "PostgreSQL refuses to run as root, and setpriv and runuser are missing") : (new(bin, runAs), "");
    }

    /// <summary>A process of the installation, ready to start, with its streams redirected.</summary>
    public ProcessStartInfo Command(string program, params IEnumerable<string> arguments) => Shell([Path.Combine(BinDirectory, program), .. arguments]);

    /// <summary>
    /// A server that ends with the tests, however they end: a shell waits for its standard input to close and then asks the server to stop.
    /// </summary>
    public ProcessStartInfo Server(params IEnumerable<string> arguments) => Shell(
        ["/bin/sh", "-c", "\"$@\" & server=$!; read _; kill -INT $server; wait $server", "sh", Path.Combine(BinDirectory, "postgres"), .. arguments]);

    private ProcessStartInfo Shell(IReadOnlyList<string> command)
    {
        string[] all = [.. RunAs, .. command];
        return new ProcessStartInfo(all[0], all[1..])
        {
            WorkingDirectory = Path.GetTempPath(), // The tests' own directory may be closed to the other user.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static IEnumerable<string> Candidates()
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            // Debian links some programs into PATH one by one: the server lies beside the link's target.
            var initdb = new FileInfo(Path.Combine(directory, "initdb"));
            if (initdb.Exists)
                yield return Path.GetDirectoryName(initdb.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? initdb.FullName)!;
        }

        const string debian = "/usr/lib/postgresql";
        if (Directory.Exists(debian))
        {
            foreach (var version in Directory.GetDirectories(debian).OrderByDescending(path => double.TryParse(Path.GetFileName(path), out var number) ? number : 0))
                yield return Path.Combine(version, "bin");
        }
    }

    private static bool UserExists(string user) => File.ReadLines("/etc/passwd").Any(line => line.StartsWith(user + ":", StringComparison.Ordinal));

    private static string[]? SetPriv(string user) =>
        PathOf("setpriv") is { } program ? [program, $"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups"] : null;

    private static string[]? RunUser(string user) => PathOf("runuser") is { } program ? [program, "-u", user, "--"] : null;

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").First(line => line.StartsWith(user + ":", StringComparison.Ordinal)).Split(':')[3];

    private static string? PathOf(string program) =>
        new[] { "/usr/bin", "/usr/sbin", "/bin", "/sbin" }.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
