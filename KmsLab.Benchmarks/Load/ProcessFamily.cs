using System.Globalization;

namespace KmsLab.Benchmarks.Load;

/// <summary>Processor time and memory of a process and those below it, from Linux's <c>/proc</c>. Elsewhere zero.</summary>
internal static class ProcessFamily
{
    private const int TicksPerSecond = 100; // USER_HZ, a constant of Linux's interface.

    /// <summary>The processor time of a process and its children, dead ones included.</summary>
    public static TimeSpan Cpu(int parent)
    {
        var ticks = Processes().Where(process => process.Id == parent || process.Parent == parent)
            .Sum(process => process.OwnTicks + (process.Id == parent ? process.ChildTicks : 0));
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>
    /// The processes in whose environment a variable has a value, and all below them: a program that detaches itself keeps the environment, and one that
    /// changes its environment keeps its parent.
    /// </summary>
    public static IReadOnlyList<int> WithEnvironment(string variable, string value)
    {
        var processes = Processes().ToList();
        var family = processes.Where(process => Read($"/proc/{process.Id}/environ").Split('\0').Contains($"{variable}={value}"))
            .Select(process => process.Id).ToHashSet();
        while (processes.FindAll(process => family.Contains(process.Parent) && !family.Contains(process.Id)) is { Count: > 0 } below)
            family.UnionWith(below.Select(process => process.Id));

        return [.. family];
    }

    /// <summary>The processor time of processes, and of those of their children that have ended.</summary>
    public static TimeSpan Cpu(IReadOnlyCollection<int> family) => TimeSpan.FromSeconds(
        (double)Processes().Where(process => family.Contains(process.Id)).Sum(process => process.OwnTicks + process.ChildTicks) / TicksPerSecond);

    /// <summary>The proportional memory (PSS) of a process in bytes: what it shares with others counts in parts.</summary>
    public static long ProportionalMemory(int process)
    {
        var line = Read($"/proc/{process}/smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>The command line of a process.</summary>
    public static IReadOnlyList<string> CommandLine(int process) => Read($"/proc/{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<Entry> Processes()
    {
        if (!OperatingSystem.IsLinux())
            yield break;

        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
        {
            var stat = Read(Path.Combine(folder, "stat"));
            if (stat.Length == 0)
                continue;

            // After the name, which may hold anything: state, parent, and at 11 to 14 utime, stime, cutime and cstime.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            yield return new(
                int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture),
                Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14]));
        }

        static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a file of <c>/proc</c>; empty when the process has ended meanwhile or is somebody else's.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private readonly record struct Entry(int Id, int Parent, long OwnTicks, long ChildTicks);
}
