using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;

namespace KmsLab.Sentinel.Queries;

/// <summary>What became of an action.</summary>
/// <param name="Alarm">The alarm as it is now; null if there is no such alarm.</param>
/// <param name="Refusal">Why nothing was done, in words; null when it was.</param>
internal readonly record struct ActionOutcome(AlarmAnswer? Alarm, string? Refusal = null);

/// <summary>
/// What people do about alarms, whether they ask through the API or on the page. It is written down, and done when that is durable; the loop, which alone
/// owns the alarms, takes it in with its next turn, in that turn's transaction. So it does not matter whether the Sentinel that is asked is the active one.
/// </summary>
internal sealed class AlarmActions(AlarmQuery query, PublishingMetrics metrics, AlarmOptions options, TimeProvider time)
{
    public Task<ActionOutcome> AcknowledgeAsync(string id, string by, string reason, CancellationToken cancellationToken) => ActAsync(
        id,
        AlarmCommandKind.Acknowledge,
        alarm => alarm.Ended ? "The alarm is not firing. Acknowledging stops the reminders of one occurrence; to hear nothing of the next one, silence the alarm." : null,
        by, reason, null, cancellationToken);

    public Task<ActionOutcome> SilenceAsync(string id, string by, string reason, DateTimeOffset until, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Silence, _ => RefuseEnd(until), by, reason, until, cancellationToken);

    public Task<ActionOutcome> UnsilenceAsync(string id, string by, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Unsilence, alarm => alarm.Silenced is null ? "The alarm is not silenced." : null, by, "", null, cancellationToken);

    private string? RefuseEnd(DateTimeOffset until)
    {
        var (now, longest) = (time.GetUtcNow(), options.LongestSilence);
        return until > now && until <= now + longest
            ? null
            : $"A silence must end in the future, within {longest.TotalDays:0.##} days ({AlarmOptions.Section}:LongestSilence): one without an end is one that is forgotten.";
    }

    private async Task<ActionOutcome> ActAsync(
        string id, AlarmCommandKind kind, Func<AlarmAnswer, string?> refuse, string by, string reason, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (await query.FindAsync(id, cancellationToken) is not { } alarm)
            return new(null);
        if (refuse(alarm) is { } refusal)
            return new(alarm, refusal);

        await query.SubmitAsync(new AlarmCommand(Guid.NewGuid().ToString("N"), id, kind, alarm.Occurrence, time.GetUtcNow(), by, reason, until), cancellationToken);
        metrics.Commanded(kind);
        return new(await query.FindAsync(id, cancellationToken) ?? alarm);
    }
}
