using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// The processes of a running lab (AppHost, the orchestrator, the dashboard, the services, the database) and the ports that they listen on,
/// as Linux tells of them.
/// </summary>
internal sealed class LabProcesses
{
    private const string Listening = "0A";

    /// <summary>Promised by the README: nothing stays behind for longer, even after kill -9.</summary>
    private static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(15);

    private readonly IReadOnlyList<Known> _processes;

    private LabProcesses(IReadOnlyList<Known> processes, IReadOnlySet<int> ports) => (_processes, Ports) = (processes, ports);

    /// <summary>Ports that they listen on.</summary>
    public IReadOnlySet<int> Ports { get; }

    /// <summary>Names of their programs.</summary>
    public IEnumerable<string> Names => _processes.Select(one => one.Name);

    /// <summary>Looks at the lab whose AppHost has this process id. The test skips where there is no /proc to look at.</summary>
    public static LabProcesses Of(int appHost)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked up in /proc, which Linux has");
        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<Known>().ToList();
        // The orchestrator is no child of AppHost: it must outlive it to clean up.
        var monitor = $"--monitor\0{appHost}\0";
        var lab = all.Where(one => one.Id == appHost || one.CommandLine.Contains(monitor, StringComparison.Ordinal)).ToList();
        for (var next = lab; next.Count > 0; lab.AddRange(next))
            next = all.Where(one => lab.Any(parent => parent.Id == one.Parent) && !lab.Contains(one)).ToList();
        return new(lab, PortsOf(lab));
    }

    /// <summary>The id of the process of a program.</summary>
    public int IdOf(string name) => _processes.First(one => one.Name == name).Id;

    /// <summary>What is still there: processes that run, and ports that nobody else can take.</summary>
    public IReadOnlyList<string> Left() =>
    [
        .. _processes.Where(IsThere).Select(one => $"{one.Name} ({one.Id})"),
        .. Ports.Where(port => !IsFree(port)).Select(port => $"port {port}"),
    ];

    /// <summary>Waits until nothing is left; fails when the lab does not clean up in the time that it promises.</summary>
    public Task WaitUntilGoneAsync() => WaitUntilGoneAsync(Left);

    /// <summary>Waits until the processes of one program are gone.</summary>
    public Task WaitUntilGoneAsync(string name) =>
        WaitUntilGoneAsync(() => [.. _processes.Where(one => one.Name == name && IsThere(one)).Select(one => $"{one.Name} ({one.Id})")]);

    private static async Task WaitUntilGoneAsync(Func<IReadOnlyList<string>> look)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (look() is { Count: > 0 } left)
        {
            if (TimeProvider.System.GetElapsedTime(start) > CleanUp)
                Assert.Fail($"Still there: {string.Join(", ", left)}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Tells if it is the process that was seen: ids are given anew. A zombie waits for its parent only.</summary>
    private static bool IsThere(Known seen) => Read(seen.Id) is { State: not 'Z' } now && now.StartedAt == seen.StartedAt;

    /// <summary>Reads a process; null when it is gone. See proc_pid_stat(5): the name stands in brackets, and may hold anything.</summary>
    private static Known? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var command = File.ReadAllText($"/proc/{id}/cmdline");
            return new(
                id,
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                fields[0][0],
                fields[19],
                Path.GetFileName(command.Split('\0', ' ')[0]),
                command);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static HashSet<int> PortsOf(IEnumerable<Known> processes)
    {
        var sockets = processes.SelectMany(one => SocketsOf(one.Id)).ToHashSet();
        return new[] { "tcp", "tcp6" }.Select(table => Path.Combine("/proc/net", table)).Where(File.Exists)
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[3] == Listening && sockets.Contains($"socket:[{row[9]}]"))
            .Select(row => int.Parse(row[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToHashSet();
    }

    private static IEnumerable<string> SocketsOf(int id)
    {
        try
        {
            return [.. Directory.GetFiles($"/proc/{id}/fd").Select(file => new FileInfo(file).LinkTarget).OfType<string>()];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A process.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Parent">Its parent's id.</param>
    /// <param name="State">Its state; <c>Z</c> is one that ended.</param>
    /// <param name="StartedAt">When it began, in the kernel's ticks.</param>
    /// <param name="Name">The program's name.</param>
    /// <param name="CommandLine">All of its arguments, each ended by a zero.</param>
    private sealed record Known(int Id, int Parent, char State, string StartedAt, string Name, string CommandLine);
}
