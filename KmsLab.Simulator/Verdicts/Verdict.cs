using System.Globalization;

namespace KmsLab.Simulator.Verdicts;

/// <summary>A detection that was expected to find an attack.</summary>
/// <param name="Detection">Its id.</param>
/// <param name="Found">Whether it did.</param>
/// <param name="AlarmId">The alarm that found it; null: it was missed.</param>
/// <param name="AfterSeconds">From the attack's first call to the alarm; null if it was missed, or fired already before.</param>
/// <param name="Why">The alarm's sentence; null: it was missed.</param>
internal sealed record Finding(string Detection, bool Found, string? AlarmId, double? AfterSeconds, string? Why);

/// <summary>The outcome of an attack: what was found, when, what was missed, and what fired besides.</summary>
/// <param name="IsGood">Nothing was missed, nothing fired before, and there was normal traffic all the time where there should be.</param>
/// <param name="Summary">All of it in one line.</param>
/// <param name="Findings">The expected detections.</param>
/// <param name="Besides">Alarms of other detections while it went on: another view of the attack, or a false alarm.</param>
/// <param name="Before">Alarms of the normal traffic before it: false ones.</param>
/// <param name="NormalProblem">Why the normal traffic, which the attack is to be found in, ended by itself; null: it didn't.</param>
internal sealed record Verdict(
    bool IsGood,
    string Summary,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<SeenAlarm> Besides,
    IReadOnlyList<SeenAlarm> Before,
    string? NormalProblem)
{
    /// <summary>Compares what was raised with the truth.</summary>
    /// <param name="begin">The attack's first call.</param>
    /// <param name="expected">Ids of the detections that should find it.</param>
    /// <param name="before">Alarms that fired when the attack began.</param>
    /// <param name="alarms">Alarms now.</param>
    /// <param name="isOver">Whether no more is waited for: what is not found then is missed.</param>
    /// <param name="normalProblem">Why the normal traffic around it ended by itself.</param>
    public static Verdict Of(
        DateTimeOffset begin,
        IReadOnlyList<string> expected,
        IReadOnlyList<SeenAlarm> before,
        IReadOnlyList<SeenAlarm> alarms,
        bool isOver,
        string? normalProblem = null)
    {
        var raised = alarms.Where(alarm => alarm.IsOf(begin)).OrderBy(alarm => alarm.ChangedAt).ToList();
        List<Finding> findings = [.. expected.Select(id => FindingOf(id, raised.FirstOrDefault(alarm => alarm.Detection == id), begin))];
        return new(
            findings.TrueForAll(finding => finding.Found) && before.Count == 0 && normalProblem is null,
            string.Join("; ", Sentences(findings, before, isOver, normalProblem)),
            findings,
            [.. raised.Where(alarm => !expected.Contains(alarm.Detection))],
            before,
            normalProblem);
    }

    /// <summary>Tells whether every expected detection has found it.</summary>
    public bool HasAll() => Findings.All(finding => finding.Found);

    private static Finding FindingOf(string detection, SeenAlarm? alarm, DateTimeOffset begin)
    {
        double? after = alarm?.After(begin) is { } delay ? Math.Round(delay.TotalSeconds, 3) : null;
        return new(detection, alarm is not null, alarm?.Id, after, alarm?.Why);
    }

    private static IEnumerable<string> Sentences(
        List<Finding> findings, IReadOnlyList<SeenAlarm> before, bool isOver, string? normalProblem)
    {
        if (findings.Count == 0)
            yield return "nothing is expected to find this in a lab without history";
        if (findings.FindAll(finding => finding.Found) is { Count: > 0 } found)
            yield return $"found {string.Join(", ", found.Select(Found))}";
        if (findings.FindAll(finding => !finding.Found) is { Count: > 0 } missed)
            yield return $"{(isOver ? "missed" : "not found yet")}: {string.Join(", ", missed.Select(finding => finding.Detection))}";
        if (before.Count > 0)
            yield return $"raised before the attack, so falsely: {string.Join(", ", before.Select(alarm => alarm.Detection).Distinct())}";
        if (normalProblem is not null)
            yield return $"the normal traffic around it ended by itself: {normalProblem}";
    }

    private static string Found(Finding finding) => finding.AfterSeconds is { } after
        ? string.Create(CultureInfo.InvariantCulture, $"after {after:0.0} s by {finding.Detection}")
        : $"by {finding.Detection}, which fired already";
}
