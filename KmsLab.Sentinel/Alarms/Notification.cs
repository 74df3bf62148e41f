using System.Globalization;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms;

/// <summary>What people are told when an alarm changes state, and again while it goes on firing. It may reach them twice, always with the same id.</summary>
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
    IReadOnlyList<string>? Runbook = null,
    long Reminder = 0)
{
    /// <summary>News beyond the acknowledgement; null for any other notification.</summary>
    public string? News { get; init; }

    /// <summary>Whoever has taken the alarm on, for channels that keep alarms open; null for any other notification.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AcknowledgedBy { get; init; }

    /// <summary>The reason why nothing judges the alarm any more, where that ended it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Retirement? Retired { get; init; }

    /// <summary>The range that would have been normal; null where nothing is learned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Expectation? Expected { get; init; }

    /// <summary>Tells that there is no alarm: somebody tries a channel.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTest { get; init; }

    /// <summary>The alarm's page, for whoever gets it as JSON; null where no address is configured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Uri? Link { get; init; }

    /// <summary>Other alarms of the incident.</summary>
    public IReadOnlyList<AlarmRelative> Relatives { get; init; } = [];

    /// <summary>Of an alarm as it is now.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="definition">Its detection.</param>
    /// <param name="reminder">0 for a change of state, else the number of this reminder of it.</param>
    public static Notification Of(Alarm alarm, DetectionDefinition definition, long reminder = 0) => new(
        IdOf(alarm, reminder),
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
        AlarmText.Runbook(alarm, definition),
        reminder)
    {
        Expected = alarm.Expected,
        Relatives = alarm.Traits.Relatives,
    };

    /// <summary>Of more than an acknowledgement covers.</summary>
    public static Notification OfNews(Alarm alarm, DetectionDefinition definition, string news, DateTimeOffset now)
    {
        var told = Of(alarm, definition);
        return told with { Id = string.Create(CultureInfo.InvariantCulture, $"{told.Id}-n{now.ToUnixTimeMilliseconds()}"), News = news };
    }

    /// <summary>Of an acknowledgement.</summary>
    public static Notification OfAcknowledgement(Alarm alarm, DetectionDefinition definition, string by, DateTimeOffset at)
    {
        var told = Of(alarm, definition);
        return told with { Id = string.Create(CultureInfo.InvariantCulture, $"{told.Id}-a{at.ToUnixTimeMilliseconds()}"), AcknowledgedBy = by };
    }

    /// <summary>The time is part of it: an alarm that was forgotten counts its revisions from 1 again.</summary>
    private static string IdOf(Alarm alarm, long reminder) =>
        string.Create(CultureInfo.InvariantCulture, $"{alarm.Id}-{alarm.ChangedAt.ToUnixTimeMilliseconds()}-{alarm.Revision}{(reminder > 0 ? $"-r{reminder}" : "")}");
}
