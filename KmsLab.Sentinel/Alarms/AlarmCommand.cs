using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Alarms;

/// <summary>What somebody may ask for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlarmCommandKind>))]
internal enum AlarmCommandKind
{
    /// <summary>I know of this occurrence: no reminders of it.</summary>
    [JsonStringEnumMemberName("acknowledge")] Acknowledge,

    /// <summary>Notify nobody until then.</summary>
    [JsonStringEnumMemberName("silence")] Silence,

    /// <summary>Notify again.</summary>
    [JsonStringEnumMemberName("unsilence")] Unsilence,

    /// <summary>Takes an acknowledgement back.</summary>
    [JsonStringEnumMemberName("unacknowledge")] Unacknowledge,

    /// <summary>Adds words to the history, and nothing else.</summary>
    [JsonStringEnumMemberName("comment")] Comment,

    /// <summary>Closes an occurrence with a verdict: nobody needs to look at it any more.</summary>
    [JsonStringEnumMemberName("close")] Close,

    /// <summary>Takes a closure back.</summary>
    [JsonStringEnumMemberName("reopen")] Reopen,
}

/// <summary>What somebody asked for. It is durable once the API has answered; the loop takes it in with its next turn.</summary>
/// <param name="Id">Its own.</param>
/// <param name="AlarmId">Which alarm.</param>
/// <param name="Kind">What.</param>
/// <param name="Occurrence">The alarm's occurrence when it was asked.</param>
/// <param name="At">When, by the clock of the Sentinel that was asked.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="Until">The end of a silence.</param>
internal sealed record AlarmCommand(string Id, string AlarmId, AlarmCommandKind Kind, long Occurrence, DateTimeOffset At, string By, string Reason, DateTimeOffset? Until = null)
{
    /// <summary>Of an acknowledgement or a closure: everything that had been seen when it was asked.</summary>
    public Covered? Seen { get; init; }

    /// <summary>The alarm's detection; null in commands that are older than this member.</summary>
    public string? Detection { get; init; }

    /// <summary>Of a closure: what the finding was.</summary>
    public Verdict? Verdict { get; init; }
}
