using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Kinds of what happens to an alarm.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HistoryKind>))]
public enum HistoryKind
{
    /// <summary>It changed its state.</summary>
    [JsonStringEnumMemberName("state")] State,

    /// <summary>It ended because nothing judges it any more: its rule is gone, or its detection off.</summary>
    [JsonStringEnumMemberName("retired")] Retired,

    /// <summary>A notification of the change was written for the channels.</summary>
    [JsonStringEnumMemberName("notified")] Notified,

    /// <summary>A reminder was written for the channels.</summary>
    [JsonStringEnumMemberName("reminded")] Reminded,

    /// <summary>Nobody was notified, for it was silenced.</summary>
    [JsonStringEnumMemberName("withheld")] Withheld,

    /// <summary>A channel has sent a notification.</summary>
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>A channel has given a notification up.</summary>
    [JsonStringEnumMemberName("gave-up")] GaveUp,

    /// <summary>Nobody was notified of it by itself, for a more severe alarm of the same incident is firing and tells of it.</summary>
    [JsonStringEnumMemberName("inhibited")] Inhibited,

    /// <summary>More happened than its acknowledgement covers, and a notification says so.</summary>
    [JsonStringEnumMemberName("news")] News,

    /// <summary>Somebody acknowledged it.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>Somebody silenced it.</summary>
    [JsonStringEnumMemberName("silenced")] Silenced,

    /// <summary>Somebody ended its silence.</summary>
    [JsonStringEnumMemberName("unsilenced")] Unsilenced,

    /// <summary>Its silence came to its end.</summary>
    [JsonStringEnumMemberName("silence-ended")] SilenceEnded,

    /// <summary>Somebody took the acknowledgement back.</summary>
    [JsonStringEnumMemberName("unacknowledged")] Unacknowledged,

    /// <summary>Somebody wrote something down.</summary>
    [JsonStringEnumMemberName("commented")] Commented,

    /// <summary>Somebody closed it, with a verdict.</summary>
    [JsonStringEnumMemberName("closed")] Closed,

    /// <summary>Somebody opened it again.</summary>
    [JsonStringEnumMemberName("reopened")] Reopened,
}

/// <summary>One thing that happened to an alarm.</summary>
/// <param name="AlarmId">Which alarm.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Who"><c>sentinel</c>, the caller of the API, or the channel.</param>
/// <param name="State">The alarm's state, where it matters.</param>
/// <param name="Occurrence">The alarm's occurrence, where it matters.</param>
/// <param name="NotificationId">The notification, where one is concerned.</param>
/// <param name="Until">The end of a silence.</param>
/// <param name="Reason">Why: the caller's words, the alarm's, or what went wrong.</param>
public sealed record HistoryEntry(
    string AlarmId,
    DateTimeOffset At,
    HistoryKind Kind,
    string Who,
    AlarmState? State = null,
    long? Occurrence = null,
    string? NotificationId = null,
    DateTimeOffset? Until = null,
    string? Reason = null)
{
    public const string Sentinel = "sentinel";

    /// <summary>Of a change of state: the alarm's detection, for the history outlives the alarm. Null in histories that are older than this member.</summary>
    public string? Detection { get; init; }

    /// <summary>Of a closure: what the finding was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Verdict? Verdict { get; init; }

    /// <summary>What somebody asked for.</summary>
    internal static HistoryEntry Of(AlarmCommand command) => new(
        command.AlarmId, command.At, KindOf(command), command.By, Occurrence: command.Occurrence, Until: command.Until, Reason: command.Reason.Length > 0 ? command.Reason : null)
    {
        Verdict = command.Verdict,
    };

    private static HistoryKind KindOf(AlarmCommand command) => command.Kind switch
    {
        AlarmCommandKind.Acknowledge => HistoryKind.Acknowledged,
        AlarmCommandKind.Silence => HistoryKind.Silenced,
        AlarmCommandKind.Unsilence => HistoryKind.Unsilenced,
        AlarmCommandKind.Unacknowledge => HistoryKind.Unacknowledged,
        AlarmCommandKind.Comment => HistoryKind.Commented,
        AlarmCommandKind.Close => HistoryKind.Closed,
        _ => HistoryKind.Reopened,
    };
}
