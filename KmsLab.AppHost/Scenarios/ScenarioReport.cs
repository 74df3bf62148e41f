using KmsLab.Simulator;

namespace KmsLab.AppHost.Scenarios;

/// <summary>A detection that was expected to find an attack.</summary>
/// <param name="Detection">Its id.</param>
/// <param name="Alarm">The alarm that found it; null: it was missed.</param>
/// <param name="After">From the attack's first call to the alarm; null if it was missed, or fired already before.</param>
internal sealed record Finding(string Detection, SeenAlarm? Alarm, TimeSpan? After);

/// <summary>What came of a scenario: what was found, when, what was missed, and what fired besides.</summary>
/// <param name="Truth">What was an attack.</param>
/// <param name="Findings">The expected detections.</param>
/// <param name="Besides">Alarms of other detections while it went on: another view of the attack, or a false alarm.</param>
/// <param name="Before">Alarms of the normal traffic before it: false ones.</param>
internal sealed record ScenarioReport(GroundTruth Truth, IReadOnlyList<Finding> Findings, IReadOnlyList<SeenAlarm> Besides, IReadOnlyList<SeenAlarm> Before)
{
    /// <summary>Why the normal traffic, which the attack is to be found in, ended by itself; null: it didn't.</summary>
    public string? NormalProblem { get; init; }

    /// <summary>Nothing was missed, nothing fired before, and there was normal traffic all the time.</summary>
    public bool IsGood => Findings.All(finding => finding.Alarm is not null) && Before.Count == 0 && NormalProblem is null;

    /// <summary>Alarms that fire for what happened since a time: those of an earlier run in the same data directory say nothing of this one.</summary>
    public static IReadOnlyList<SeenAlarm> FiringSince(DateTimeOffset begin, IReadOnlyList<SeenAlarm> alarms) =>
        [.. alarms.Where(alarm => alarm.State == "ALARM" && alarm.LastSeen >= begin.AddSeconds(-1))]; // Records carry whole seconds.

    /// <summary>Compares what was raised with the truth.</summary>
    /// <param name="truth">What was an attack.</param>
    /// <param name="expected">Detections that should find it.</param>
    /// <param name="before">Alarms that fired when the attack began.</param>
    /// <param name="alarms">Alarms now.</param>
    public static ScenarioReport Of(GroundTruth truth, IReadOnlyList<string> expected, IReadOnlyList<SeenAlarm> before, IReadOnlyList<SeenAlarm> alarms)
    {
        // Records carry whole seconds.
        var begin = (truth.Attacks.Count > 0 ? truth.Attacks.Min(attack => attack.FirstCall) : truth.From).AddSeconds(-1);
        var raised = alarms.Where(alarm => alarm.LastSeen >= begin).OrderBy(alarm => alarm.ChangedAt).ToList();
        return new(
            truth,
            [.. expected.Select(id => FindingOf(id, raised.FirstOrDefault(alarm => alarm.Detection == id), begin))],
            [.. raised.Where(alarm => !expected.Contains(alarm.Detection))],
            before);
    }

    private static Finding FindingOf(string detection, SeenAlarm? alarm, DateTimeOffset begin) =>
        new(detection, alarm, alarm?.ChangedAt >= begin ? alarm.ChangedAt - begin.AddSeconds(1) is { Ticks: > 0 } after ? after : TimeSpan.Zero : null);
}
