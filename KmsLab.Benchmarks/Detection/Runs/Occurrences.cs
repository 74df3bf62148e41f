using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Replay;

namespace KmsLab.Benchmarks.Detection;

/// <summary>Reads an alarm's occurrences from its history.</summary>
/// <remarks>An occurrence fires in the turn of the record that reaches the threshold; the history has the turn's time.</remarks>
internal static class Occurrences
{
    public static IEnumerable<AlarmOccurrence> Of(ReplayAlarm alarm) => alarm.History
        .Where(change => change.State == AlarmState.Alarm)
        .GroupBy(change => change.Occurrence)
        .Select(changes => new AlarmOccurrence(alarm.Alarm.Id, alarm.Alarm.Detection, alarm.Alarm.Group, alarm.Alarm.Window, changes.Min(change => change.At)));
}
