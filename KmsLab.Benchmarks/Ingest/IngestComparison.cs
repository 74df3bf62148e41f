using System.Globalization;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>Compares the speed of <c>replay --rates</c> with DuckDB's at the same group-by on the same files, and with what bounds both.</summary>
/// <remarks>
/// Each contender is a process of its own. A first round warms up, and has its groups compared, one by one; then all take turns, so that
/// whatever else the machine does slows all of them. Shown are the median rounds.
/// </remarks>
internal static class IngestComparison
{
    private const int Rounds = 7;

    private const string Ours = "rates";
    private const string OursWithDuplicates = "rates --count-duplicates";
    private const string DuckDb = "DuckDB, columns given";
    private const string DuckDbAuto = "DuckDB, read_json_auto";
    private const string Lines = "scan for lines";
    private const string Text = "scan for lines and UTF-8";

    public static void Run(int records)
    {
        var folder = Directory.CreateTempSubdirectory("kmslab-ingest-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            var trail = new GeneratedTrail(records);
            Console.WriteLine(
                $"{Environment.ProcessorCount} cores; {records:N0} records; medians of {Rounds} rounds, contenders by turns, each a process of its own");

            trail.WriteKms(At("kms.jsonl"));
            Compare("all of KMS", At("kms.jsonl"), records, At, [Ours, OursWithDuplicates, DuckDb, DuckDbAuto, Lines, Text], compared: 4);
            File.Delete(At("kms.jsonl"));

            trail.WriteMixed(At("mixed.jsonl"));
            Compare("90 % of other services", At("mixed.jsonl"), records, At, [Ours, OursWithDuplicates, DuckDb, Lines, Text], compared: 3);
            File.Delete(At("mixed.jsonl"));

            trail.WritePacked(Directory.CreateDirectory(At("packed")).FullName);
            Compare("all of KMS, gzip", At("packed"), records, At, [Ours, OursWithDuplicates, DuckDb], compared: 3);
            Directory.Delete(At("packed"), recursive: true);

            trail.WriteDelivered(Directory.CreateDirectory(At("delivered")).FullName);
            Compare("all of KMS, gzip, CloudTrail's own files", At("delivered"), records, At, [Ours], compared: 1);
            Directory.Delete(At("delivered"), recursive: true);

            foreach (var share in (double[])[0, 0.3, 1])
            {
                trail.WriteOdd(At("odd.jsonl"), share);
                Compare($"optional members, and {share:P0} odd", At("odd.jsonl"), records, At, [Ours], compared: 1);
            }

            var few = Math.Max(1, records / 20);
            new GeneratedTrail(few).WriteKms(At("few.jsonl"));
            Compare($"all of KMS, {few:N0} records", At("few.jsonl"), few, At, ["replay, all detections"], compared: 0, rounds: 1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(
        string title, string path, int records, Func<string, string> at, string[] names, int compared, int rounds = Rounds)
    {
        var bytes = File.Exists(path) ? new FileInfo(path).Length : new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length);
        Console.WriteLine($"\n{title}: {bytes / 1e6:N0} MB");
        var processes = names.Select(ContenderProcess.Start).ToList();
        var measured = names.Select(_ => new List<Round>()).ToList();
        var groups = names.Select((_, index) => index < compared ? at($"groups-{index}") : "").ToList();
        for (var round = -1; round < rounds; round++)
        {
            for (var turn = 0; turn < names.Length; turn++)
            {
                var index = (turn + Math.Max(round, 0)) % names.Length;
                var result = processes[index].Run(path, round < 0 ? groups[index] : "");
                if (round >= 0 || rounds == 1)
                    measured[index].Add(result);
            }
        }

        processes.ForEach(process => process.Dispose());
        CheckGroups(names, groups);
        Console.WriteLine($"\n| | records/s | CPU us/record | peak MB | against {DuckDb} |\n|---|---|---|---|---|");
        var reference = Array.IndexOf(names, DuckDb) is var duckDb and >= 0 ? Median(measured[duckDb]).Seconds : 0;
        foreach (var (index, name) in names.Index())
        {
            var median = Median(measured[index]);
            var (peak, against) = (measured[index].Max(round => round.PeakBytes), reference > 0 ? $"{reference / median.Seconds:0.00}" : "");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {records / median.Seconds:N0} | {median.CpuSeconds * 1e6 / records:0.00} | {peak / 1e6:0} | {against} |"));
        }
    }

    private static Round Median(List<Round> rounds) => rounds.OrderBy(round => round.Seconds).ElementAt(rounds.Count / 2);

    private static void CheckGroups(string[] names, List<string> groups)
    {
        var expected = groups[0].Length > 0 ? File.ReadAllLines(groups[0]) : [];
        foreach (var (index, file) in groups.Index().Where(group => group.Item.Length > 0))
        {
            var found = File.ReadAllLines(file);
            if (!found.SequenceEqual(expected))
            {
                var other = found.Except(expected).Concat(expected.Except(found)).Take(5);
                throw new InvalidOperationException($"{names[index]} counted otherwise than {names[0]}: {string.Join('\n', other)}");
            }
        }

        if (expected.Length > 0)
            Console.WriteLine($"{expected.Length:N0} groups, one by one equal for: {string.Join("; ", names[..groups.Count(group => group.Length > 0)])}");
    }
}
