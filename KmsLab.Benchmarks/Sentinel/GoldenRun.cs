using System.Globalization;
using KmsLab.Sentinel.Replay;
using KmsLab.Simulator;
using KmsLab.Tests.Sentinel.Golden;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary><c>golden</c>: what Sentinel finds in ten simulated months, as a hash and counts by detection, to be compared before and after a change.</summary>
internal static class GoldenRun
{
    private const int Seed = 12;
    private const int Months = 10;
    private const int DaysAMonth = 30;

    /// <summary>A Monday. In the past, for a replay's clock never goes beyond the real one.</summary>
    private static readonly DateTimeOffset Start = new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the months with every attack in each from the second on, replays them and prints what was found.</summary>
    /// <param name="file">Where to write all that the hash is of; null for nowhere.</param>
    public static async Task RunAsync(string? file)
    {
        var folder = Directory.CreateTempSubdirectory("kmslab-golden-").FullName;
        try
        {
            TrailFiles.Write(folder, new(Seed, Start, Months * DaysAMonth, Attacks()) { CallsADay = 500, Records = 200 });
            var report = await ReplayProgram.ReplayAsync(
                new(Path.Combine(folder, TrailFiles.RecordsFolder), null, null, null, Json: false, Path.Combine(folder, TrailFiles.ConfigurationFile)), CancellationToken.None);
            var lines = ReplayOutcome.Lines(report);
            if (file is not null)
                await File.WriteAllLinesAsync(file, lines);
            Print(report, lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyList<TrailAttack> Attacks() =>
    [
        .. from month in Enumerable.Range(1, Months - 1)
           from attack in ScenarioCatalog.All.Where(scenario => scenario.IsAttack).Select((scenario, number) => (scenario.Id, Number: number))
           select new TrailAttack(attack.Id, TimeSpan.FromDays((DaysAMonth * month) + (2 * attack.Number)) + TimeSpan.FromHours(month + attack.Number))
           {
               Length = TimeSpan.FromHours(2),
           },
    ];

    private static void Print(ReplayReport report, IReadOnlyList<string> lines)
    {
        foreach (var detection in report.Alarms.GroupBy(alarm => alarm.Alarm.Detection).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{detection.Key}: {detection.Count()} alarms, {detection.Sum(alarm => alarm.Alarm.Occurrence)} occurrences, {detection.Sum(alarm => alarm.Alarm.EvidenceTotal)} records in the last ones"));
        }

        Console.WriteLine(lines[^2]);
        Console.WriteLine($"hash {ReplayOutcome.HashOf(lines)}");
    }
}
