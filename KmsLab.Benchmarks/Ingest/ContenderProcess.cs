using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>The figures and counts of one round.</summary>
/// <param name="Calls">What was counted.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of all threads.</param>
/// <param name="PeakBytes">The most memory that the process had resident so far (VmHWM).</param>
internal sealed record Round(long Calls, double Seconds, double CpuSeconds, long PeakBytes);

/// <summary>
/// A contender in a process of its own, so that its memory is its own. It runs when it is told to, again and again:
/// only the first round pays for compiling.
/// </summary>
internal sealed class ContenderProcess : IDisposable
{
    /// <summary>The command of <c>KmsLab.Benchmarks</c> that makes such a process.</summary>
    public const string Command = "ingest-contender";

    private readonly Process _process;

    private ContenderProcess(Process process) => _process = process;

    public static ContenderProcess Start(string name)
    {
        string[] arguments = [typeof(ContenderProcess).Assembly.Location, Command, name];
        return new(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!);
    }

    /// <summary>Runs a round.</summary>
    /// <param name="path">What to read.</param>
    /// <param name="groups">A file for the groups that it counted; none are written without it.</param>
    public Round Run(string path, string groups = "")
    {
        _process.StandardInput.WriteLine(path);
        _process.StandardInput.WriteLine(groups);
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The contender ended; what it said stands above.");
        return JsonSerializer.Deserialize<Round>(line)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The process itself.</summary>
    public static void Serve(string name)
    {
        var contender = Create(name);
        using var process = Process.GetCurrentProcess();
        while (Console.ReadLine() is { } path && Console.ReadLine() is { } groups)
        {
            GC.Collect();
            process.Refresh();
            var (cpu, start) = (process.TotalProcessorTime, TimeProvider.System.GetTimestamp());
            var calls = contender.Count(path);
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            process.Refresh();
            var round = new Round(calls, elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds, PeakBytes());
            if (groups.Length > 0)
                File.WriteAllLines(groups, contender.Groups().Order(StringComparer.Ordinal));
            Console.WriteLine(JsonSerializer.Serialize(round));
        }
    }

    private static IContender Create(string name) => name switch
    {
        "rates" => new RatesContender(countsDuplicates: false),
        "rates --count-duplicates" => new RatesContender(countsDuplicates: true),
        "DuckDB, columns given" => new DuckDbContender(hasColumns: true),
        "DuckDB, read_json_auto" => new DuckDbContender(hasColumns: false),
        "scan for lines" => new ScanContender(checksText: false),
        "scan for lines and UTF-8" => new ScanContender(checksText: true),
        "replay, all detections" => new ReplayContender(),
        _ => throw new ArgumentException($"There is no contender {name}.", nameof(name)),
    };

    private static long PeakBytes()
    {
        if (!OperatingSystem.IsLinux())
            return Process.GetCurrentProcess().PeakWorkingSet64;

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
