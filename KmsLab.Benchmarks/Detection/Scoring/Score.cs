using System.Globalization;

namespace KmsLab.Benchmarks.Detection;

/// <summary>Adds up what the runs gave.</summary>
/// <remarks>
/// Recall of an attack: whether any detection found it. Recall of a detection: how many it found of those that it is meant for. Several detections that tell
/// of one attack are several views of it, each true. False alarms a week are those of normal runs alone: runs with an attack repeat the same traffic.
/// </remarks>
/// <param name="outcomes">Of all runs.</param>
/// <param name="start">The first day of each.</param>
/// <param name="days">How long each was.</param>
internal sealed class Score(IReadOnlyList<RunOutcome> outcomes, DateTimeOffset start, int days)
{
    public const string Lab = "(the lab's alarm)";
    public const string Fixed = "(fixed threshold)";

    private const int LearningDays = 14;
    private const string Unattested = "unattested-call";

    private readonly List<RunOutcome> _normal = [.. outcomes.Where(run => run.IsNormal)];

    private double Weeks => _normal.Count * days / 7.0;

    private double LearnedWeeks => _normal.Count * (days - LearningDays) / 7.0;

    public QualityReport Report()
    {
        var attacks = AttackIds().Select(AttackOf).ToList();
        return new(
            outcomes.Select(run => run.Seed).Distinct().Count(), outcomes.Count, Weeks, LearnedWeeks, attacks,
            [.. DetectionIds().Select(id => DetectionOf(id, run => run.Judged.Where(one => one.Occurrence.Detection == id))), DetectionOf(Lab, run => run.Lab.Judged), DetectionOf(Fixed, run => run.Fixed.Judged)],
            [EveryAttack(attacks), FirstCall(attacks), FewFalseAlarms()],
            [.. outcomes.SelectMany(FalseAlarms)],
            [.. outcomes.SelectMany(Missed)],
            [.. _normal.Select(run => run.Fixed.Threshold).OfType<int>()]);
    }

    private IEnumerable<string> AttackIds() => outcomes.SelectMany(run => run.Attacks).Select(attack => attack.Id).Distinct();

    private IEnumerable<string> DetectionIds() => outcomes
        .SelectMany(run => run.Judged.Select(one => one.Occurrence.Detection).Concat(run.Attacks.SelectMany(attack => attack.Finders)))
        .Distinct().Order(StringComparer.Ordinal);

    private AttackQuality AttackOf(string id)
    {
        var runs = outcomes.Where(run => run.Attacks.Any(attack => attack.Id == id)).ToList();
        var by = runs.SelectMany(run => run.Judged).Where(one => one.Attack?.Id == id).Select(one => one.Occurrence.Detection).Distinct().Order(StringComparer.Ordinal);
        return new(
            id,
            runs.Count,
            Findings.Of(Times(runs, id, run => run.Judged)),
            by.ToDictionary(detection => detection, detection => Findings.Of(Times(runs, id, run => run.Judged.Where(one => one.Occurrence.Detection == detection)))),
            Alternative(runs, id, run => run.Lab),
            Alternative(runs, id, run => run.Fixed));
    }

    private static Findings Alternative(List<RunOutcome> runs, string id, Func<RunOutcome, AlternativeOutcome> of) =>
        Findings.Of(Times(runs, id, run => of(run).Judged), runs.Count(run => of(run).Silent.Contains(id)));

    /// <summary>Of each run that found it, the time to the first occurrence that told of it.</summary>
    private static IEnumerable<TimeSpan> Times(IEnumerable<RunOutcome> runs, string id, Func<RunOutcome, IEnumerable<Judged>> of) => runs
        .Select(run => of(run).FirstOrDefault(one => one.Attack?.Id == id))
        .OfType<Judged>()
        .Select(one => one.Occurrence.At - one.Attack!.Span.FirstCall);

    private DetectionQuality DetectionOf(string id, Func<RunOutcome, IEnumerable<Judged>> of)
    {
        var meant = outcomes.SelectMany(run => run.Attacks.Where(attack => attack.Finders.Contains(id)).Select(attack => (Run: run, attack.Id))).ToList();
        var isFalse = _normal.Sum(run => of(run).Count());
        return new(
            id,
            outcomes.Sum(run => of(run).Count(one => one.Attack is not null)),
            isFalse,
            outcomes.Where(run => !run.IsNormal).Sum(run => of(run).Count(one => one.Attack is null)),
            meant.Count,
            meant.Count(one => of(one.Run).Any(judged => judged.Attack?.Id == one.Id)),
            isFalse / Weeks);
    }

    private static Target EveryAttack(List<AttackQuality> attacks)
    {
        var (found, played) = (attacks.Sum(attack => attack.Sentinel.Found), attacks.Sum(attack => attack.Runs));
        return new("every attack found", string.Create(CultureInfo.InvariantCulture, $"{found} of {played}"), found == played);
    }

    /// <summary>To the second: CloudTrail's times have no fractions.</summary>
    private static Target FirstCall(List<AttackQuality> attacks)
    {
        var meant = attacks.Where(attack => attack.Attack.Contains("exfiltration", StringComparison.Ordinal) && !attack.Attack.StartsWith("attested", StringComparison.Ordinal)).ToList();
        var times = meant.Select(attack => (attack.Runs, Of: attack.By.GetValueOrDefault(Unattested))).ToList();
        var latest = times.Select(time => time.Of?.MaxSeconds).Max() ?? 0;
        return new(
            "unattested use found at its first call",
            string.Create(CultureInfo.InvariantCulture, $"{times.Sum(time => time.Of?.Found ?? 0)} of {times.Sum(time => time.Runs)}, at latest after {latest:0.#} s"),
            times.All(time => time.Of?.Found == time.Runs) && latest <= 1);
    }

    /// <summary>Of all days and of those when everything has begun to speak, the worse.</summary>
    private Target FewFalseAlarms()
    {
        var all = _normal.Sum(run => run.Judged.Count) / Weeks;
        var learned = _normal.Sum(run => run.Judged.Count(one => one.Occurrence.At >= start.AddDays(LearningDays))) / LearnedWeeks;
        return new(
            "fewer than one false alarm a week in all",
            string.Create(CultureInfo.InvariantCulture, $"{all:0.00} a week; {learned:0.00} from the 15th day on"),
            Math.Max(all, learned) < 1);
    }

    private static IEnumerable<MissedAttack> Missed(RunOutcome run)
    {
        foreach (var attack in run.Attacks)
        {
            var found = run.Judged.Where(one => one.Attack?.Id == attack.Id).Select(one => one.Occurrence.Detection).ToHashSet();
            if (found.Count == 0 || !found.IsSupersetOf(attack.Finders))
                yield return new(run.Seed, attack.Id, found.Count > 0, [.. attack.Finders.Where(detection => !found.Contains(detection))]);
        }
    }

    private static IEnumerable<FalseAlarm> FalseAlarms(RunOutcome run) => run.Judged.Where(one => one.Attack is null).Select(one => new FalseAlarm(
        run.Seed,
        run.IsNormal ? "normal" : string.Join(", ", run.Attacks.Select(attack => attack.Id)),
        one.Occurrence.Detection,
        string.Join(", ", one.Occurrence.Group.Select(member => $"{member.Key} {member.Value}")),
        one.Occurrence.At));
}
