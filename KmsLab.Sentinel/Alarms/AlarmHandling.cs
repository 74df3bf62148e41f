using System.Globalization;
using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Somebody knows of this occurrence.</summary>
public sealed record Acknowledgement(long Occurrence, DateTimeOffset At, string By, string Reason)
{
    /// <summary>News since then that it does not cover; null while it covers all.</summary>
    public News? News { get; init; }
}

/// <summary>News that an acknowledgement does not cover.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="What">What it is, in words.</param>
public sealed record News(DateTimeOffset At, string What);

/// <summary>Everything that had been seen of an alarm when somebody acknowledged it.</summary>
/// <param name="Kinds">Kinds of what was done.</param>
/// <param name="Calls">How often something was done.</param>
/// <param name="Relatives">Alarms of the incident that were named to it.</param>
internal sealed record Covered(IReadOnlyList<string> Kinds, long Calls, IReadOnlyList<string> Relatives)
{
    public static Covered Of(Alarm alarm) => new(alarm.Traits.Kinds, alarm.Calls, [.. alarm.Traits.Relatives.Select(relative => NameOf(relative.AlarmId, relative.Occurrence))]);

    public bool Has(Alarm relative) => Relatives.Contains(NameOf(relative.Id, relative.Occurrence), StringComparer.Ordinal);

    /// <summary>Tells what an alarm has become beyond this, in words; null for nothing.</summary>
    /// <param name="alarm">As it is now.</param>
    /// <param name="factor">So many times as much of the same is news; 0 for never.</param>
    public string? NewsOf(Alarm alarm, double factor)
    {
        var kinds = alarm.Traits.Kinds.Except(Kinds, StringComparer.Ordinal).ToList();
        if (kinds.Count > 0)
            return kinds.Count == 1 ? kinds[0] : string.Create(CultureInfo.InvariantCulture, $"{kinds[0]}; and {kinds.Count - 1} more of other kinds");
        return factor > 0 && alarm.Calls > Calls && alarm.Calls >= Math.Max(Calls, 1) * factor
            ? string.Create(CultureInfo.InvariantCulture, $"{alarm.Calls} records, {Calls} when it was acknowledged")
            : null;
    }

    private static string NameOf(string alarmId, long occurrence) => string.Create(CultureInfo.InvariantCulture, $"{alarmId}#{occurrence}");
}

/// <summary>Nobody is to be notified for a while.</summary>
public sealed record Silence(DateTimeOffset Until, DateTimeOffset At, string By, string Reason)
{
    /// <summary>The id of the silence by matcher that this is of; null where the alarm itself is silenced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ByMatcher { get; init; }
}

/// <summary>Judgement of a finding by whoever closes it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>An attack, or a mistake that somebody had to know of.</summary>
    [JsonStringEnumMemberName("true")] True,

    /// <summary>A planned change or a test: it happened as the alarm says, and was meant to.</summary>
    [JsonStringEnumMemberName("expected")] Expected,

    /// <summary>A false alarm: nobody should have been told, and the detection wants tuning.</summary>
    [JsonStringEnumMemberName("false")] False,
}

/// <summary>The end of somebody's work on an occurrence.</summary>
/// <param name="Occurrence">Which occurrence.</param>
/// <param name="At">When it was closed.</param>
/// <param name="By">Who closed it.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="Verdict">What it was; null where nobody judged it: it was over before findings were kept.</param>
public sealed record Closure(long Occurrence, DateTimeOffset At, string By, string Reason, Verdict? Verdict = null);

/// <summary>Attention that a finding needs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Attention>))]
public enum Attention
{
    /// <summary>Nobody has looked at it, or more has happened since somebody did.</summary>
    [JsonStringEnumMemberName("needed")] Needed,

    /// <summary>Somebody has acknowledged it and works on it.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>Somebody has silenced it.</summary>
    [JsonStringEnumMemberName("silenced")] Silenced,

    /// <summary>Its detection runs dry: it is shown for those who tune it.</summary>
    [JsonStringEnumMemberName("dry-run")] DryRun,

    /// <summary>Somebody has closed it.</summary>
    [JsonStringEnumMemberName("closed")] Closed,
}

/// <summary>What people were told last.</summary>
/// <param name="State">The state they believe the alarm to be in.</param>
/// <param name="Revision">The alarm's revision at that time.</param>
/// <param name="At">When.</param>
/// <param name="Reminders">How often they were reminded since.</param>
internal sealed record Told(AlarmState State, long Revision, DateTimeOffset At, long Reminders);

/// <summary>What people did about an alarm, and what they were told of it.</summary>
internal sealed record AlarmHandling(string AlarmId, Acknowledgement? Acknowledged = null, Silence? Silence = null, Told? Told = null)
{
    /// <summary>Everything that the acknowledgement covers; null where it was given before that was kept.</summary>
    public Covered? Covered { get; init; }

    /// <summary>The end of the work on an occurrence; null while nobody has closed it.</summary>
    public Closure? Closed { get; init; }

    public bool IsSilenced(DateTimeOffset now) => Silence?.Until > now;

    /// <summary>Tells whether somebody knows of the occurrence, be it that more has happened since.</summary>
    public bool WasAcknowledged(Alarm alarm) => Acknowledged?.Occurrence == alarm.Occurrence;

    /// <summary>Tells whether somebody knows of all of the occurrence: they acknowledged or closed it.</summary>
    public bool IsKnown(Alarm alarm) => IsClosed(alarm) || WasAcknowledged(alarm) && Acknowledged!.News is null;

    /// <summary>Tells whether the occurrence is closed.</summary>
    public bool IsClosed(Alarm alarm) => Closed?.Occurrence == alarm.Occurrence;

    /// <summary>Opens the occurrence to attention again: more happened than somebody knew of.</summary>
    public AlarmHandling WithNews(News news) => this with
    {
        Acknowledged = (Closed is { } closed ? new Acknowledgement(closed.Occurrence, closed.At, closed.By, closed.Reason) : Acknowledged!) with { News = news },
        Closed = null,
    };

    /// <summary>Does what a command asks for.</summary>
    public AlarmHandling Apply(AlarmCommand command) => command.Kind switch
    {
        AlarmCommandKind.Acknowledge => this with { Acknowledged = new(command.Occurrence, command.At, command.By, command.Reason), Covered = command.Seen },
        AlarmCommandKind.Unacknowledge => this with { Acknowledged = null, Covered = null },
        AlarmCommandKind.Silence => this with { Silence = new(command.Until!.Value, command.At, command.By, command.Reason) },
        AlarmCommandKind.Unsilence => this with { Silence = null },
        AlarmCommandKind.Close => this with { Closed = new(command.Occurrence, command.At, command.By, command.Reason, command.Verdict), Covered = command.Seen },
        AlarmCommandKind.Reopen => this with { Closed = null },
        _ => this,
    };
}
