using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KmsLab.Benchmarks.Detection;

/// <summary><c>detection</c>: what Sentinel finds of each attack, how soon, and how often it cries wolf; beside two things that a user would otherwise have.</summary>
internal static class QualityRun
{
    /// <summary>The targets are met.</summary>
    public const int Met = 0;

    /// <summary>Some target is missed.</summary>
    public const int Missed = 2;

    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Plays, replays, judges and tells.</summary>
    /// <returns><see cref="Met"/> or <see cref="Missed"/>.</returns>
    public static async Task<int> RunAsync(QualityOptions options, CancellationToken cancellationToken)
    {
        var begun = Clock.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("kmslab-detection-").FullName;
        try
        {
            var outcomes = await PlayAsync(options, folder, cancellationToken);
            var report = new Score(outcomes, Placement.Start, Placement.DaysOf(options.Together)).Report();
            QualityTables.Print(report, Clock.GetElapsedTime(begun));
            if (options.Json is { } file)
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(report, Indented), cancellationToken);
            return report.Targets.All(target => target.IsMet) ? Met : Missed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>As many runs at once as there are processors: a replay keeps one busy.</summary>
    private static async Task<IReadOnlyList<RunOutcome>> PlayAsync(QualityOptions options, string folder, CancellationToken cancellationToken)
    {
        var months = Enumerable.Range(1, options.Seeds).Select(seed => (Seed: seed, Month: new SeedMonth(seed, options, folder, cancellationToken))).ToList();
        var jobs = months.Select(one => new Job(FormattableString.Invariant($"seed {one.Seed}, normal"), one.Month.NormalAsync))
            .Concat(months.SelectMany(one => JobsOf(one.Seed, one.Month, options, cancellationToken))).ToList();
        var outcomes = new RunOutcome[jobs.Count];
        await Parallel.ForAsync(0, jobs.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (number, _) =>
        {
            var begun = Clock.GetTimestamp();
            outcomes[number] = await jobs[number].RunAsync();
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{jobs[number].Name}: {Clock.GetElapsedTime(begun).TotalSeconds:0} s"));
        });
        return outcomes;
    }

    private static IEnumerable<Job> JobsOf(int seed, SeedMonth month, QualityOptions options, CancellationToken cancellationToken)
    {
        if (options.Together)
            return [new(FormattableString.Invariant($"seed {seed}, all attacks"), () => month.WithAsync([.. AttackKind.All.Zip(Placement.Together(seed))], "together", cancellationToken))];

        return options.Kinds.Select((kind, number) => new Job(
            FormattableString.Invariant($"seed {seed}, {kind.Id}"),
            () => month.WithAsync([(kind, Placement.Alone(kind, seed))], FormattableString.Invariant($"attack{number}"), cancellationToken)));
    }

    private sealed record Job(string Name, Func<Task<RunOutcome>> RunAsync);
}
