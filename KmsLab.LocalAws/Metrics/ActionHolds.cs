using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Decides whether an alarm's actions are kept back: by a mute rule, or by the suppressor of a composite alarm.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html</remarks>
internal sealed class ActionHolds(AlarmStore alarms, MuteRules mutes)
{
    /// <summary>Finds the hold on the actions of an alarm whose state changes; null: none.</summary>
    public ActionHold? Of(RegionScope scope, AlarmRecord alarm, string oldState, DateTimeOffset now)
    {
        if (mutes.IsMuted(scope, alarm.Name, now))
            return new(ActionHold.MuteRule, now, oldState);
        if (Suppressor(scope, alarm) is not { } suppressor)
            return null;
        if (suppressor.State == AlarmState.Alarm)
            return new(ActionHold.Alarm, now, oldState);
        return alarm.State == AlarmState.Alarm && alarm.Composite!.WaitPeriod > 0 ? new(ActionHold.WaitPeriod, now, oldState) : null;
    }

    /// <summary>Finds the hold that an alarm's held actions are under now; null: none any more.</summary>
    public ActionHold? Next(RegionScope scope, AlarmRecord alarm, DateTimeOffset now)
    {
        var hold = alarm.Hold!;
        if (hold.By == ActionHold.MuteRule)
            return mutes.IsMuted(scope, alarm.Name, now) ? hold : Of(scope, alarm, hold.OldState, now);
        if (Suppressor(scope, alarm) is not { } suppressor)
            return null;
        if (suppressor.State == AlarmState.Alarm)
            return hold.By == ActionHold.Alarm ? hold : hold with { By = ActionHold.Alarm, Since = now };
        if (hold.By == ActionHold.Alarm)
            hold = hold with { By = ActionHold.ExtensionPeriod, Since = suppressor.StateTransitioned };
        var seconds = hold.By == ActionHold.WaitPeriod ? alarm.Composite!.WaitPeriod : alarm.Composite!.ExtensionPeriod;
        return hold.Since.AddSeconds(seconds) > now ? hold : null;
    }

    private AlarmRecord? Suppressor(RegionScope scope, AlarmRecord alarm) =>
        alarm.Composite?.Suppressor is { } name ? alarms.Find(scope, AlarmRecord.NameOf(name)) : null;
}

/// <summary>A hold on an alarm's actions.</summary>
/// <param name="By"><see cref="MuteRule"/>, or as AWS says of composite alarms: <see cref="Alarm"/>, <see cref="WaitPeriod"/>, <see cref="ExtensionPeriod"/>.</param>
/// <param name="Since">Since when.</param>
/// <param name="OldState">The alarm's state before.</param>
internal sealed record ActionHold(string By, DateTimeOffset Since, string OldState)
{
    public const string MuteRule = "MuteRule";
    public const string Alarm = "Alarm";
    public const string WaitPeriod = "WaitPeriod";
    public const string ExtensionPeriod = "ExtensionPeriod";

    /// <summary>The reason as a composite alarm shows it.</summary>
    public string Reason(string? suppressor) => By switch
    {
        Alarm => $"Actions suppressed by alarm {suppressor}, which is in ALARM state.",
        WaitPeriod => $"Actions suppressed by the wait period: waiting for alarm {suppressor} to go into ALARM state.",
        ExtensionPeriod => $"Actions suppressed by the extension period after alarm {suppressor} left ALARM state.",
        _ => "Actions muted by an alarm mute rule.",
    };
}
