using Dapper;
using KmsLab.Sentinel.Replay;
using KmsLab.Simulator;
using KmsLab.Simulator.Plans;
using Microsoft.Data.Sqlite;

namespace KmsLab.Benchmarks.Detection;

/// <summary>The runs of one seed: a month of normal traffic, and the same month with attacks in its last days.</summary>
/// <remarks>
/// Until the first attack the month is the same in all runs: plans draw each purpose's chance apart, and ids and nonces one after the other, so that
/// records before an attack don't know of it (a test compares their bytes). So those days are replayed once; each run goes on from a copy of that database.
/// With <see cref="QualityOptions.Whole"/> each run replays all its days: the same comes out, only later.
/// </remarks>
internal sealed class SeedMonth
{
    private readonly Lazy<Task<NormalDays>> _normal;
    private readonly QualityOptions _options;
    private readonly string _folder;
    private readonly string _role;
    private readonly int _seed;

    public SeedMonth(int seed, QualityOptions options, string folder, CancellationToken cancellationToken)
    {
        (_seed, _options, _folder) = (seed, options, Path.Combine(folder, FormattableString.Invariant($"seed{seed}")));
        var world = new World(seed, TrailFiles.Account, TrailFiles.Region);
        _role = world.RoleArn(world.ApplicationRole);
        _normal = new(() => Task.Run(() => NormalDaysAsync(cancellationToken), cancellationToken));
    }

    /// <summary>The month without an attack.</summary>
    public async Task<RunOutcome> NormalAsync()
    {
        var normal = await _normal.Value;
        return new(_seed, [], Judge.Of(normal.Occurrences, [], []), new(Judge.Of(normal.Lab, [], []), []), new(Judge.Of(normal.Fixed, [], []), [], normal.Threshold));
    }

    /// <summary>The month with attacks.</summary>
    /// <param name="attacks">Which, and when.</param>
    /// <param name="name">A name for its folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RunOutcome> WithAsync(IReadOnlyList<(AttackKind Kind, TrailAttack At)> attacks, string name, CancellationToken cancellationToken)
    {
        var normal = await _normal.Value;
        var folder = Path.Combine(_folder, name);
        var truth = TrailFiles.Write(folder, new(_seed, Placement.Start, Placement.DaysOf(_options.Together), [.. Placement.BusyWeeks, .. attacks.Select(attack => attack.At)]), cancellationToken);
        DropQuietDays(folder);
        var placed = attacks.Select(attack => Placed(attack.Kind, attack.At, truth)).ToList();

        var found = await ReplayAsync(folder, normal.Database, placed, cancellationToken);
        var records = normal.Quiet.Then(Scan(folder));
        Directory.Delete(folder, recursive: true);
        return new(
            _seed,
            placed,
            Judge.Of(found, placed, normal.Occurrences),
            JudgeLab(records.Errors, placed, normal.Lab),
            new(Judge.Of(AsOccurrences(FixedThreshold.Of(records.Decrypts, normal.Threshold), FixedThreshold.Period), placed, normal.Fixed), []));
    }

    private async Task<NormalDays> NormalDaysAsync(CancellationToken cancellationToken)
    {
        var (quiet, rest) = (Path.Combine(_folder, "quiet"), Path.Combine(_folder, "normal"));
        TrailFiles.Write(rest, new(_seed, Placement.Start, Placement.DaysOf(_options.Together), [.. Placement.BusyWeeks]), cancellationToken);
        var (all, database) = (Scan(rest), (string?)null);
        if (!_options.Whole)
        {
            MoveQuietDays(rest, quiet);
            database = Path.Combine(_folder, "quiet.db");
            await ReplayProgram.ReplayAsync(Options(quiet, rest, database) with { GoesOn = true }, cancellationToken);
        }

        return new(
            database,
            _options.Whole ? RecordScan.Empty : Scan(quiet, "."),
            await ReplayAsync(rest, database, [], cancellationToken),
            AsOccurrences(LabAlarm.Of(all.Errors).Fired, LabAlarm.Period),
            AsOccurrences(FixedThreshold.Of(all.Decrypts, FixedThreshold.ThresholdOf(all.Decrypts, Placement.Start)), FixedThreshold.Period),
            FixedThreshold.ThresholdOf(all.Decrypts, Placement.Start));
    }

    private static async Task<IReadOnlyList<AlarmOccurrence>> ReplayAsync(string folder, string? quietDays, IReadOnlyList<PlacedAttack> attacks, CancellationToken cancellationToken)
    {
        var records = Path.Combine(folder, TrailFiles.RecordsFolder);
        var database = quietDays is null ? null : CopyFor(records, quietDays, Path.Combine(folder, "replay.db"));
        var report = await ReplayProgram.ReplayAsync(Options(records, folder, database) with { BySecond = [.. attacks.Select(Beginning)] }, cancellationToken);
        return [.. report.Alarms.SelectMany(Occurrences.Of)];
    }

    private static ReplayOptions Options(string records, string configuration, string? database) =>
        new(records, database, null, null, Json: false, Path.Combine(configuration, TrailFiles.ConfigurationFile)) { ShowsProgress = false };

    /// <summary>The copy takes the other folder for the one that it has been reading.</summary>
    private static string CopyFor(string records, string quietDays, string copy)
    {
        using var original = new SqliteConnection($"Data Source={quietDays};Pooling=false");
        using var connection = new SqliteConnection($"Data Source={copy};Pooling=false");
        original.Open();
        connection.Open();
        original.BackupDatabase(connection); // The file alone may lack what is still in its log.
        connection.Execute("UPDATE source_cursor SET source = @source", new { source = $"files:{Path.GetFullPath(records)}" });
        return copy;
    }

    /// <summary>What fires within an hour is told to the second; what takes longer, to a few minutes.</summary>
    private static (DateTimeOffset From, DateTimeOffset To) Beginning(PlacedAttack attack)
    {
        var end = attack.Span.From.AddHours(1);
        return (attack.Span.From.AddMinutes(-5), (attack.Span.To < end ? attack.Span.To : end).AddMinutes(5));
    }

    private static PlacedAttack Placed(AttackKind kind, TrailAttack at, GroundTruth truth) =>
        new(kind.Id, truth.Attacks.Single(span => span.Scenario == kind.Scenario.Id && span.From == truth.From + at.At), kind.Finders);

    private List<AlarmOccurrence> AsOccurrences(IEnumerable<DateTimeOffset> fired, TimeSpan period) =>
        [.. fired.Select(at => new AlarmOccurrence("", "", new Dictionary<string, string> { ["principal"] = _role }, period, at))];

    private AlternativeOutcome JudgeLab(IEnumerable<DateTimeOffset> errors, List<PlacedAttack> attacks, IReadOnlyList<AlarmOccurrence> normally)
    {
        var (fired, silent) = LabAlarm.Of(errors);
        var judged = Judge.Of(AsOccurrences(fired, LabAlarm.Period), attacks, normally);
        return new(judged, [.. attacks.Where(attack => IsWithin(silent, attack) && !judged.Any(one => one.Attack == attack)).Select(attack => attack.Id)]);
    }

    private bool IsWithin(IEnumerable<DateTimeOffset> times, PlacedAttack attack) =>
        attack.Span.Principal == _role && times.Any(at => at >= attack.Span.From.AddSeconds(-1) && at <= attack.Span.To);

    private RecordScan Scan(string folder, string records = TrailFiles.RecordsFolder) => RecordScan.Of(Path.Combine(folder, records), _role);

    private void DropQuietDays(string folder)
    {
        foreach (var file in _options.Whole ? [] : QuietDays(folder))
            File.Delete(file);
    }

    private static void MoveQuietDays(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in QuietDays(from))
            File.Move(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static IEnumerable<string> QuietDays(string folder) =>
        Directory.GetFiles(Path.Combine(folder, TrailFiles.RecordsFolder)).Order(StringComparer.Ordinal).Take(Placement.QuietDays);

    /// <summary>What all runs of the seed need of the month without an attack.</summary>
    /// <param name="Database">The replay's, after the quiet days; null where each run replays them itself.</param>
    /// <param name="Quiet">What the alternatives count in those days; empty where each run reads them itself.</param>
    /// <param name="Occurrences">What fires in the whole month.</param>
    /// <param name="Lab">When the lab's alarm fires in it.</param>
    /// <param name="Fixed">When the fixed threshold fires in it.</param>
    /// <param name="Threshold">The fixed threshold.</param>
    private sealed record NormalDays(
        string? Database, RecordScan Quiet, IReadOnlyList<AlarmOccurrence> Occurrences, IReadOnlyList<AlarmOccurrence> Lab, IReadOnlyList<AlarmOccurrence> Fixed, int Threshold);
}
