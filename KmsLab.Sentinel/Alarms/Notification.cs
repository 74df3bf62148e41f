using KmsLab.Sentinel.Detection;

namespace KmsLab.Sentinel.Alarms;

/// <summary>What people are told when an alarm changes state. It may reach them twice, always with the same id.</summary>
internal sealed record Notification(
    string Id,
    string AlarmId,
    string Detection,
    Severity Severity,
    string Title,
    IReadOnlyDictionary<string, string> Group,
    AlarmState State,
    long Occurrence,
    DateTimeOffset ChangedAt,
    long Observed,
    long Threshold,
    TimeSpan Window,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    long EvidenceTotal,
    IReadOnlyList<Evidence> Evidence,
    string Why = "",
    IReadOnlyList<string>? Runbook = null)
{
    public static Notification Of(Alarm alarm, DetectionDefinition definition) => new(
        $"{alarm.Id}-{alarm.Revision}",
        alarm.Id,
        alarm.Detection,
        definition.Severity,
        definition.Title,
        alarm.Group.ToDictionary(),
        alarm.State,
        alarm.Occurrence,
        alarm.ChangedAt,
        alarm.Observed,
        alarm.Threshold,
        alarm.Window,
        alarm.FirstSeen,
        alarm.LastSeen,
        alarm.EvidenceTotal,
        alarm.Evidence,
        AlarmText.Why(alarm, definition),
        AlarmText.Runbook(alarm, definition));
}
