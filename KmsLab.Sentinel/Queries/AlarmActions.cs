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
        alarm => alarm.Closed is null ? null : $"The alarm is closed, by {alarm.Closed.By}. Reopen it first.",
        by, reason, cancellationToken);

    public Task<ActionOutcome> UnacknowledgeAsync(string id, string by, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Unacknowledge, alarm => alarm.Acknowledged is null ? "Nobody has acknowledged the alarm." : null, by, "", cancellationToken);

    /// <summary>Writes something down in the alarm's history.</summary>
    public Task<ActionOutcome> CommentAsync(string id, string by, string text, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Comment, _ => null, by, text, cancellationToken);

    /// <summary>Closes an alarm and, where it is asked for, all of its incident that are not closed.</summary>
    public async Task<ActionOutcome> CloseAsync(string id, string by, string reason, Verdict verdict, bool wholeIncident, CancellationToken cancellationToken)
    {
        var closed = await CloseAsync(id, by, reason, verdict, cancellationToken);
        if (!wholeIncident || closed is not { Alarm: { } alarm, Refusal: null })
            return closed;

        foreach (var relative in alarm.Relatives)
        {
            if (await query.FindAsync(relative.AlarmId, cancellationToken) is { Closed: null } other && other.Occurrence == relative.Occurrence)
                await CloseAsync(other.Id, by, reason, verdict, cancellationToken);
        }

        return closed;
    }

    public Task<ActionOutcome> ReopenAsync(string id, string by, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Reopen, alarm => alarm.Closed is null ? "The alarm is not closed." : null, by, "", cancellationToken);

    public Task<ActionOutcome> SilenceAsync(string id, string by, string reason, DateTimeOffset until, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Silence, _ => RefuseEnd(until), by, reason, cancellationToken, command => command with { Until = until });

    public Task<ActionOutcome> UnsilenceAsync(string id, string by, CancellationToken cancellationToken) =>
        ActAsync(id, AlarmCommandKind.Unsilence, alarm => alarm.Silenced switch
        {
            null => "The alarm is not silenced.",
            { ByMatcher: { } silence } => $"The alarm is silenced by the silence {silence}, which covers others, too. End that: DELETE /api/silences/{silence}.",
            _ => null,
        }, by, "", cancellationToken);

    private Task<ActionOutcome> CloseAsync(string id, string by, string reason, Verdict verdict, CancellationToken cancellationToken) => ActAsync(
        id,
        AlarmCommandKind.Close,
        alarm => alarm.Closed is null ? null : $"The alarm is closed already, by {alarm.Closed.By}.",
        by, reason, cancellationToken, command => command with { Verdict = verdict });

    private string? RefuseEnd(DateTimeOffset until)
    {
        var (now, longest) = (time.GetUtcNow(), options.LongestSilence);
        return until > now && until <= now + longest
            ? null
            : $"A silence must end in the future, within {longest.TotalDays:0.##} days ({AlarmOptions.Section}:LongestSilence): one without an end is one that is forgotten.";
    }

    private async Task<ActionOutcome> ActAsync(
        string id, AlarmCommandKind kind, Func<AlarmAnswer, string?> refuse, string by, string reason, CancellationToken cancellationToken,
        Func<AlarmCommand, AlarmCommand>? complete = null)
    {
        if (await query.FindAsync(id, cancellationToken) is not { } alarm)
            return new(null);
        if (refuse(alarm) is { } refusal)
            return new(alarm, refusal);

        var command = new AlarmCommand(Guid.NewGuid().ToString("N"), id, kind, alarm.Occurrence, time.GetUtcNow(), by, reason) { Detection = alarm.Detection };
        await query.SubmitAsync(complete is null ? command : complete(command), cancellationToken);
        metrics.Commanded(kind);
        return new(await query.FindAsync(id, cancellationToken) ?? alarm);
    }
}
