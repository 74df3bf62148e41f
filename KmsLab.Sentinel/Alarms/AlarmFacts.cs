using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Values that fill in the sentences about an alarm.</summary>
/// <param name="Observed">The number that was counted.</param>
/// <param name="Threshold">The number from which on it fires.</param>
/// <param name="Total">Records in all.</param>
/// <param name="Window">The span that was counted.</param>
/// <param name="First">The time of the first record.</param>
/// <param name="Last">The time of the last record.</param>
/// <param name="Expected">The range that would have been normal; null where nothing is learned.</param>
/// <param name="Group">Names and values of whom and what the alarm is about.</param>
/// <param name="Latest">The latest evidence; null where there is none.</param>
internal sealed record AlarmFacts(
    long Observed,
    long Threshold,
    long Total,
    TimeSpan Window,
    DateTimeOffset First,
    DateTimeOffset Last,
    Expectation? Expected,
    IEnumerable<KeyValuePair<string, string>> Group,
    Evidence? Latest)
{
    public static AlarmFacts Of(Alarm alarm) => new(
        alarm.Observed, alarm.Threshold, alarm.EvidenceTotal, alarm.Window, alarm.FirstSeen, alarm.LastSeen, alarm.Expected, alarm.Group.Values, LastOf(alarm.Evidence));

    public static AlarmFacts Of(Notification told) => new(
        told.Observed, told.Threshold, told.EvidenceTotal, told.Window, told.FirstSeen, told.LastSeen, told.Expected, told.Group, LastOf(told.Evidence));

    public static Evidence? LastOf(IReadOnlyList<Evidence> evidence) => evidence.Count > 0 ? evidence[^1] : null;
}
