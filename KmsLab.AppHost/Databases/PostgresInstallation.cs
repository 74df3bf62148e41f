using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KmsLab.AppHost.Databases;

/// <summary>A PostgreSQL server on this machine, and how to run it: a server refuses to run as root.</summary>
/// <param name="BinDirectory">Where its programs lie.</param>
/// <param name="Major">Its major version, such as 17.</param>
/// <param name="RunAs">The command that runs another as <paramref name="User"/>; empty where none is needed.</param>
/// <param name="User">The user that it runs as in place of root; null where that is the present one.</param>
internal sealed partial record PostgresInstallation(string BinDirectory, int Major, IReadOnlyList<string> RunAs, string? User)
{
    private static readonly string[] PackageFolders = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"];

    private static readonly string[] SystemPrograms = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    /// <summary>Looks on PATH, then where Debian's and Homebrew's packages put servers, newest first.</summary>
    /// <param name="major">The major version that must be; null: any.</param>
    /// <returns>The installation, or the reason why there is none.</returns>
    public static (PostgresInstallation? Found, string Reason) Find(int? major = null)
    {
        if (OperatingSystem.IsWindows())
            return (null, "the lab starts a PostgreSQL server on Linux and macOS only");

        var found = Candidates().Where(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")))
            .Select(bin => (Bin: bin, Major: MajorOf(bin))).FirstOrDefault(one => one.Major > 0 && (major is null || one.Major == major));
        if (found.Bin is null)
            return (null, $"no PostgreSQL{(major is null ? "" : $" {major}")} server (initdb, postgres) is installed");
        if (!Environment.IsPrivilegedProcess)
            return (new(found.Bin, found.Major, [], null), "");

        // setpriv replaces itself by the server; runuser stays its parent, which serves as well.
        foreach (var user in Unprivileged.Where(UserExists))
        {
            if (RunAsOf(user) is { } runAs)
                return (new(found.Bin, found.Major, runAs, user), "");
        }

        return (null, "PostgreSQL refuses to run as root, and setpriv and runuser are missing");
    }

    /// <summary>A command line of the installation, as the user that may run it.</summary>
    public IReadOnlyList<string> Command(string program, params IEnumerable<string> arguments) =>
        [.. RunAs, Path.Combine(BinDirectory, program), .. arguments];

    private static IEnumerable<string> Candidates()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var initdb in path.Select(directory => new FileInfo(Path.Combine(directory, "initdb"))).Where(initdb => initdb.Exists))
        {
            // Debian links some programs into PATH one by one: the server lies beside the link's target.
            yield return Path.GetDirectoryName(initdb.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? initdb.FullName)!;
        }

        foreach (var parent in PackageFolders.Where(Directory.Exists))
        {
            foreach (var version in Directory.GetDirectories(parent).Where(IsVersion).OrderByDescending(NumberOf))
                yield return Path.Combine(version, "bin");
        }
    }

    private static bool IsVersion(string directory) => VersionFolder().IsMatch(Path.GetFileName(directory));

    private static int NumberOf(string directory) =>
        int.Parse(VersionFolder().Match(Path.GetFileName(directory)).Groups[1].Value, CultureInfo.InvariantCulture);

    private static int MajorOf(string bin)
    {
        var version = new ProcessStartInfo(Path.Combine(bin, "postgres"), "--version") { RedirectStandardOutput = true };
        using var process = Process.Start(version)!;
        var match = VersionText().Match(process.StandardOutput.ReadToEnd());
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static bool UserExists(string user) =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith(user + ":", StringComparison.Ordinal));

    private static string[]? RunAsOf(string user)
    {
        if (PathOf("setpriv") is { } setpriv)
            return [setpriv, $"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups"];
        return PathOf("runuser") is { } runuser ? [runuser, "-u", user, "--"] : null;
    }

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").First(line => line.StartsWith(user + ":", StringComparison.Ordinal)).Split(':')[3];

    private static string? PathOf(string program) =>
        SystemPrograms.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    [GeneratedRegex(@"^(?:postgresql@)?(\d+)$")]
    private static partial Regex VersionFolder();

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionText();
}
