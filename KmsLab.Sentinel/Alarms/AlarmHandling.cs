namespace KmsLab.Sentinel.Alarms;

/// <summary>Somebody knows of this occurrence.</summary>
public sealed record Acknowledgement(long Occurrence, DateTimeOffset At, string By, string Reason);

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
    public bool IsSilenced(DateTimeOffset now) => Silence?.Until > now;

    public bool IsAcknowledged(Alarm alarm) => !alarm.Ended && Acknowledged?.Occurrence == alarm.Occurrence;

    /// <summary>Does what a command asks for.</summary>
    public AlarmHandling Apply(AlarmCommand command) => command.Kind switch
    {
        AlarmCommandKind.Acknowledge => this with { Acknowledged = new(command.Occurrence, command.At, command.By, command.Reason) },
        AlarmCommandKind.Silence => this with { Silence = new(command.Until!.Value, command.At, command.By, command.Reason) },
        _ => this with { Silence = null },
    };
}
