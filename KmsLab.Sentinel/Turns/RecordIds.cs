using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>What identifies an item: its own id, and one that it shares with a copy of itself, if there may be one.</summary>
internal readonly record struct RecordIds(RecordId Own, RecordId? Shared = null)
{
    /// <summary>Whether one of them is in <paramref name="set"/>.</summary>
    public bool IsAnyIn(HashSet<RecordId> set) => set.Contains(Own) || Shared is { } shared && set.Contains(shared);

    /// <summary>Adds them to <paramref name="set"/>.</summary>
    public void AddTo(HashSet<RecordId> set)
    {
        set.Add(Own);
        if (Shared is { } shared)
            set.Add(shared);
    }
}
