using System.Globalization;

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
public sealed record Silence(DateTimeOffset Until, DateTimeOffset At, string By, string Reason);

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

    public bool IsSilenced(DateTimeOffset now) => Silence?.Until > now;

    /// <summary>Tells whether somebody knows of the occurrence, be it that more has happened since.</summary>
    public bool WasAcknowledged(Alarm alarm) => !alarm.Ended && Acknowledged?.Occurrence == alarm.Occurrence;

    /// <summary>Tells whether somebody knows of all of the occurrence.</summary>
    public bool IsAcknowledged(Alarm alarm) => WasAcknowledged(alarm) && Acknowledged!.News is null;

    /// <summary>Does what a command asks for.</summary>
    public AlarmHandling Apply(AlarmCommand command) => command.Kind switch
    {
        AlarmCommandKind.Acknowledge => this with { Acknowledged = new(command.Occurrence, command.At, command.By, command.Reason), Covered = command.Seen },
        AlarmCommandKind.Silence => this with { Silence = new(command.Until!.Value, command.At, command.By, command.Reason) },
        _ => this with { Silence = null },
    };
}
