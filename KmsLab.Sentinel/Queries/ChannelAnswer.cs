using KmsLab.Sentinel.Publishing;

namespace KmsLab.Sentinel.Queries;

/// <summary>A channel: <c>state</c> is idle, sending, failing (the next try backs off) or removed (from the configuration).</summary>
/// <param name="Name">Such as <c>log</c>, <c>sns</c> or <c>webhook:ops</c>.</param>
/// <param name="State">See above.</param>
/// <param name="Pending">Notifications that it has not sent yet.</param>
/// <param name="Failing">Of these, those that were tried already.</param>
/// <param name="GaveUp">Notifications that were refused or grew too old.</param>
/// <param name="OldestPending">When the oldest of the pending ones was written.</param>
/// <param name="LastSent">When it last sent one.</param>
/// <param name="Problem">What went wrong last with a notification that is not sent.</param>
public sealed record ChannelAnswer(
    string Name, string State, long Pending, long Failing, long GaveUp, DateTimeOffset? OldestPending, DateTimeOffset? LastSent, string? Problem)
{
    internal static IReadOnlyList<ChannelAnswer> Of(IReadOnlyList<string> configured, IReadOnlyList<ChannelBacklog> backlogs)
    {
        var known = backlogs.ToDictionary(backlog => backlog.Channel);
        return
        [
            .. configured.Select(name => known.TryGetValue(name, out var backlog) ? Of(backlog, StateOf(backlog)) : new ChannelAnswer(name, "idle", 0, 0, 0, null, null, null)),
            .. backlogs.Where(backlog => !configured.Contains(backlog.Channel)).Select(backlog => Of(backlog, "removed")),
        ];
    }

    private static string StateOf(ChannelBacklog backlog) => backlog switch
    {
        { Failing: > 0 } => "failing",
        { Pending: > 0 } => "sending",
        _ => "idle",
    };

    private static ChannelAnswer Of(ChannelBacklog backlog, string state) =>
        new(backlog.Channel, state, backlog.Pending, backlog.Failing, backlog.GaveUp, backlog.OldestPending, backlog.LastSent, backlog.Problem);
}
