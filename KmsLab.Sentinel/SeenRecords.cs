using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel;

/// <summary>Tells records that were counted already from new ones.</summary>
/// <remarks>
/// The database knows all ids. Those of late are kept in memory as well, since each head read sees the same minutes again.
/// An id is remembered until <c>Retention</c> after its record, or its first sight if that is later; a record older than that is too late to be
/// counted. So however far back a read goes, nothing is counted twice.
/// </remarks>
internal sealed class SeenRecords(SentinelStore store)
{
    private const int Recent = 500_000;

    private readonly HashSet<RecordId> _recent = [];
    private readonly Queue<RecordId> _order = [];

    /// <summary>The items that are new, in their order; of several with one id, the first.</summary>
    /// <param name="items">What was read.</param>
    /// <param name="idsOf">What identifies an item; it is new if none of them was seen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<T>> NewAsync<T>(IReadOnlyList<T> items, Func<T, IEnumerable<RecordId>> idsOf, CancellationToken cancellationToken)
    {
        var unknown = items.Where(item => !idsOf(item).Any(_recent.Contains)).ToList();
        if (unknown.Count == 0)
            return [];

        var taken = await store.FindSeenAsync([.. unknown.SelectMany(idsOf)], cancellationToken);
        Remember(taken);

        var fresh = new List<T>();
        foreach (var item in unknown)
        {
            if (idsOf(item).Any(taken.Contains))
                continue;

            taken.UnionWith(idsOf(item));
            fresh.Add(item);
        }

        return fresh;
    }

    /// <summary>Keeps committed ids at hand.</summary>
    public void Remember(IEnumerable<RecordId> ids)
    {
        foreach (var id in ids)
        {
            if (_recent.Add(id))
                _order.Enqueue(id);
        }

        while (_order.Count > Recent)
            _recent.Remove(_order.Dequeue());
    }
}
