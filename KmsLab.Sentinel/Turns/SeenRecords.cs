using System.Data.Common;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Leadership;

namespace KmsLab.Sentinel.Turns;

/// <summary>Tells records that were counted already from new ones, and remembers what each was counted for.</summary>
internal abstract class SeenRecords : ITurnPart
{
    public abstract bool HasChanges { get; }

    public bool IsReplayed => true;

    public virtual Task LoadAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The items that are new, in their order; of several with one id, the first.</summary>
    /// <param name="items">What was read.</param>
    /// <param name="idsOf">What identifies an item; it is new if none of them was seen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IReadOnlyList<T>> NewAsync<T>(IReadOnlyList<T> items, Func<T, RecordIds> idsOf, CancellationToken cancellationToken);

    /// <summary>
    /// Those of <paramref name="ids"/> that were seen before this turn, with what they counted for, or null for what counted for nothing.
    /// </summary>
    public abstract Task<IReadOnlyDictionary<RecordId, CountedFor?>> FindCountedAsync(IEnumerable<RecordId> ids, CancellationToken cancellationToken);

    /// <summary>These are known from now on.</summary>
    public abstract void Note(RecordIds ids, DateTimeOffset until);

    /// <summary>A record counts for this, should it be corrected one day.</summary>
    public abstract void Counts(RecordId id, CountedFor counted);

    /// <summary>A correction counts in place of its original. An original that is replaced once more loses what its correction counted for.</summary>
    public abstract void Replace(RecordId original, RecordId correction, bool isKnown, DateTimeOffset until);

    public virtual void Advance(TurnMoment moment)
    {
    }

    public virtual Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual void Committed()
    {
    }

    public virtual Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;
}
