using System.Data.Common;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// A part of the engine's memory: it owns some tables, is loaded with them and thrown away with a turn that fails; what turns change of it is written in
/// one transaction with what they change elsewhere: that of one turn, or of several (<see cref="CommitGroup"/>).
/// </summary>
/// <remarks>
/// Parts are found in dependency injection (<see cref="TurnExtensions.AddTurnPart{T}"/>), and each stage goes through them in the order in which they were
/// registered: what comes later may rest on what came before. Stages are called in the order in which they stand here.
/// </remarks>
internal interface ITurnPart
{
    /// <summary>Reads back what is committed.</summary>
    Task LoadAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A turn begins.</summary>
    Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A source has brought these, known ones included.</summary>
    void See(string source, IReadOnlyList<ParsedEvent> events)
    {
    }

    /// <summary>Whether a new record is the part's own, and so nobody else's business.</summary>
    bool Owns(CloudTrailRecord record) => false;

    /// <summary>Counts a new record.</summary>
    void Count(CloudTrailRecord record)
    {
    }

    /// <summary>Takes back a record that CloudTrail has corrected.</summary>
    void Withdraw(Withdrawal withdrawal)
    {
    }

    /// <summary>How far a source is known to have come, where the part knows better than its last complete read.</summary>
    Reach? ReachOf(string source) => null;

    /// <summary>Learns from a new record, and adds what is known to it.</summary>
    void Study(Observation observation)
    {
    }

    /// <summary>Judges a new record with all that is known of it.</summary>
    void Judge(Observation observation, TurnMoment moment)
    {
    }

    /// <summary>
    /// What no record of this turn says: sights of Sentinel's own, or earlier records that are remarkable only now, such as the first use of a proof that was
    /// used again.
    /// </summary>
    IEnumerable<Finding> Findings() => [];

    /// <summary>Judges what no record says.</summary>
    void Judge(Finding finding, TurnMoment moment)
    {
    }

    /// <summary>All records have been judged, and the watermark stands there now.</summary>
    void Advance(TurnMoment moment)
    {
    }

    /// <summary>Whether there is anything that has to be written.</summary>
    bool HasChanges => false;

    /// <summary>Whether a replay's report is made of what the part writes: a replay that keeps no database writes nothing else.</summary>
    bool IsReplayed => false;

    /// <summary>
    /// Writes what the turns since the last commit changed, when any part has something to write. If the transaction fails, this memory is thrown away.
    /// </summary>
    Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>All turns so far are committed.</summary>
    void Committed()
    {
    }

    /// <summary>Forgets what is too old, outside of any turn, now and then.</summary>
    Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The time of a turn, and how far the trail is known then.</summary>
internal readonly record struct TurnMoment(DateTimeOffset Now, Watermark Watermark);

/// <summary>A source's reach as a part knows it.</summary>
/// <param name="At">Event time up to which the source is known to be complete; null before anything is known.</param>
/// <param name="Patience">A reach that is older than this stands still.</param>
internal readonly record struct Reach(DateTimeOffset? At, TimeSpan Patience);

/// <summary>A record that CloudTrail has corrected.</summary>
/// <param name="EventId">Its eventID.</param>
/// <param name="Counted">What it was counted for; null if it was not.</param>
internal sealed record Withdrawal(string EventId, CountedFor? Counted);

/// <summary>What a record was counted for, as its part noted it.</summary>
/// <param name="Series">Its series, as text.</param>
/// <param name="EventAt">Its event time, Unix milliseconds.</param>
internal readonly record struct CountedFor(string Series, long EventAt)
{
    /// <summary>What the record said (<see cref="RecordContent"/>); zero where that is not known.</summary>
    public ulong Content { get; init; }
}
