using System.Globalization;

namespace KmsLab.Benchmarks.Load;

/// <summary>Processor time of a process and its children, dead ones included. Linux only: elsewhere zero.</summary>
internal static class ProcessFamily
{
    private const int TicksPerSecond = 100; // USER_HZ, a constant of Linux's interface.

    public static TimeSpan Cpu(int parent)
    {
        if (!OperatingSystem.IsLinux())
            return TimeSpan.Zero;

        long ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
        {
            if (Fields(folder) is not { } fields)
                continue;
            var isParent = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture) == parent;
            if (isParent || fields[1] == parent)
                ticks += fields[11] + fields[12] + (isParent ? fields[13] + fields[14] : 0);
        }

        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>The numbers of /proc/PID/stat from the state on, which is not one: utime, stime, cutime and cstime are at 11 to 14.</summary>
    private static long[]? Fields(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return [0, .. rest.Skip(1).Take(14).Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        }
        catch (IOException) // It has ended meanwhile.
        {
            return null;
        }
    }
}
