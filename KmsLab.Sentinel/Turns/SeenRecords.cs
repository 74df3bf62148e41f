using System.Data.Common;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Turns;

/// <summary>Tells records that were counted already from new ones, and remembers what each was counted for.</summary>
internal abstract class SeenRecords : ITurnPart
{
    public abstract bool HasChanges { get; }

    public bool IsReplayed => true;

    /// <summary>Whether an item is new, going by what is known of its ids; one that contradicts what is known becomes another one.</summary>
    /// <param name="item">The item.</param>
    /// <param name="find">What is known of an id: nothing, or what was said under it, which may be unknown (zero).</param>
    protected static bool IsNew<T>(T item, Func<RecordId, ulong?> find) where T : ISeenItem
    {
        var ids = item.Ids;
        if (find(ids.Own) is { } content)
        {
            if (content == 0 || ids.Content == 0 || content == ids.Content)
                return false;

            item.Contradict(RecordDoubt.SameEventId);
            return find(item.Ids.Own) is null;
        }

        if (ids.Shared is { } shared && find(shared) is { } other)
        {
            if (other == 0 || RecordContent.AreCopies(other, ids.SharedContent))
                return false;

            item.Contradict(RecordDoubt.SameSharedEventId);
        }

        return true;
    }

    public virtual Task LoadAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// The items that are new, in their order; of several with one id that say the same, the first. One that says something else than what is known
    /// under its ids is new, and told so (<see cref="ISeenItem.Contradict"/>).
    /// </summary>
    public abstract Task<IReadOnlyList<T>> NewAsync<T>(IReadOnlyList<T> items, CancellationToken cancellationToken) where T : ISeenItem;

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
