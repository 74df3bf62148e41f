using System.Diagnostics;
using System.Globalization;
using KmsLab.Benchmarks.Load;
using Spectre.Console;

namespace KmsLab.Benchmarks.Lab;

/// <summary>
/// The lab as its users start it: seconds from <c>dotnet run --project KmsLab.AppHost</c> to all healthy, memory of all processes together, processor time
/// when nobody uses it, and seconds to the end. Build it before; Linux only.
/// </summary>
internal static class LabFigures
{
    private const string Marker = "KMSLAB_MEASURED";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Measures and prints.</summary>
    /// <param name="starts">Starts, each on a data directory of its own.</param>
    /// <param name="idle">How long the last one is left alone.</param>
    /// <param name="arguments">Passed to AppHost, such as <c>--Lab:Database=postgres</c>.</param>
    public static async Task RunAsync(int starts, TimeSpan idle, IReadOnlyList<string> arguments)
    {
        var started = new List<double>();
        var stopped = new List<double>();
        var memory = new List<double>();
        for (var start = 1; start <= starts; start++)
        {
            using var lab = new MeasuredLab(Marker, arguments);
            started.Add((await lab.HealthyAsync(Deadline)).TotalSeconds);
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
            memory.Add(Megabytes(lab.Processes()));
            Console.WriteLine($"start {start}: healthy after {started[^1]:0.0} s, {memory[^1]:0} MB PSS after 5 s");
            if (start == starts)
                await RestAsync(lab, idle);
            stopped.Add((await lab.StopAsync(Deadline)).TotalSeconds);
            Console.WriteLine($"start {start}: gone {stopped[^1]:0.0} s after Ctrl-C");
        }

        var table = new Table().AddColumns("figure", "median", "least", "most");
        AddRow(table, "from `dotnet run` to all healthy, s", started, "0.0");
        AddRow(table, "PSS of all processes, MB", memory, "0");
        AddRow(table, "from Ctrl-C to no process left, s", stopped, "0.0");
        AnsiConsole.Write(table);
    }

    private static async Task RestAsync(MeasuredLab lab, TimeSpan idle)
    {
        if (idle <= TimeSpan.Zero)
            return;

        var minute = TimeSpan.FromMinutes(1);
        await Task.Delay(idle > minute ? idle - minute : TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        var family = lab.Processes();
        var before = family.ToDictionary(process => process, process => ProcessFamily.Cpu([process]));
        var clock = Stopwatch.StartNew();
        await Task.Delay(minute, TimeProvider.System, CancellationToken.None);
        minute = clock.Elapsed;
        var table = new Table().AddColumns("process", "PSS, MB", "CPU of a core, %");
        var (bytes, cpu) = (0L, TimeSpan.Zero);
        foreach (var process in family.OrderBy(process => process))
        {
            var (own, spent) = (ProcessFamily.ProportionalMemory(process), ProcessFamily.Cpu([process]) - before[process]);
            if (spent < TimeSpan.Zero) // It has ended.
                spent = TimeSpan.Zero;
            (bytes, cpu) = (bytes + own, cpu + spent);
            AddProcess(table, MeasuredLab.NameOf(process), own, spent / minute);
        }

        AddProcess(table, $"all {family.Count}, after {idle.TotalMinutes:0} idle minutes", bytes, cpu / minute);
        AnsiConsole.Write(table);
    }

    private static void AddProcess(Table table, string name, long bytes, double share) => table.AddRow(
        Markup.Escape(name), (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture), (100 * share).ToString("0.0", CultureInfo.InvariantCulture));

    private static void AddRow(Table table, string name, List<double> values, string format)
    {
        var sorted = values.Order().ToList();
        table.AddRow([Markup.Escape(name), .. new[] { sorted[sorted.Count / 2], sorted[0], sorted[^1] }.Select(value => value.ToString(format, CultureInfo.InvariantCulture))]);
    }

    private static double Megabytes(IReadOnlyList<int> family) => family.Sum(ProcessFamily.ProportionalMemory) / 1e6;
}
