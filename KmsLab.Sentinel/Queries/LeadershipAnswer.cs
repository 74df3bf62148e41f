using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Queries;

/// <summary>Who leads. Only the leader reads, writes and sends; a standby answers from the database and takes over when the leader is gone.</summary>
/// <param name="Role">Of the process that answers: <c>leader</c> or <c>standby</c>.</param>
/// <param name="Self">How the lease names that process: machine, process id, start and a random part.</param>
/// <param name="Leader">Who holds the lease; null if nobody does, or the database doesn't answer.</param>
/// <param name="Since">When its term began, by the database's clock.</param>
/// <param name="Epoch">The number of the term.</param>
internal sealed record LeadershipAnswer(string Role, string Self, string? Leader, DateTimeOffset? Since, long? Epoch)
{
    public static LeadershipAnswer Of(LeaderStatus own, Lease? lease)
    {
        var held = lease is { IsFree: false } ? lease : null;
        return own.Current is not { } term
            ? new("standby", own.Self, held?.Holder, held?.Since, lease?.Epoch)
            // The row may have been read before the term began.
            : new("leader", own.Self, own.Self, held?.Epoch == term.Epoch ? held.Since : null, term.Epoch);
    }
}

/// <summary>How it goes with the loop and with the database under it.</summary>
/// <param name="State"><c>running</c>, <c>failing</c> (backing off) or <c>standby</c>.</param>
/// <param name="FailuresInARow">Turns that failed since the last good one.</param>
/// <param name="Failures">Turns that failed since start.</param>
/// <param name="Problem">What the last failure was, while it fails.</param>
/// <param name="Database">Null when the database answers, otherwise what is wrong; what comes from it is null or empty then.</param>
internal sealed record LoopAnswer(string State, int FailuresInARow, long Failures, string? Problem, string? Database)
{
    public static LoopAnswer Of(LeaderStatus own, LoopStatus loop, string? database) => new(
        own.Current is null ? "standby" : loop.FailuresInARow > 0 ? "failing" : "running", loop.FailuresInARow, loop.Failures, loop.Problem, database);
}
