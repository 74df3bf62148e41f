using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Turns;

/// <summary>What identifies an item, and what it says.</summary>
/// <param name="Own">Its own id.</param>
/// <param name="Content">What it says (<see cref="RecordContent.Of"/>); zero where that does not matter.</param>
/// <param name="Shared">The id that it shares with a copy for another account, if there may be one.</param>
/// <param name="SharedContent">What the copies have in common, and the account (<see cref="RecordContent.OfShared"/>).</param>
internal readonly record struct RecordIds(RecordId Own, ulong Content = 0, RecordId? Shared = null, ulong SharedContent = 0);

/// <summary>Something that counts once, however often it comes.</summary>
internal interface ISeenItem
{
    /// <summary>What identifies it now.</summary>
    RecordIds Ids { get; }

    /// <summary>
    /// It can't be a copy of what was seen under its ids, for it says something else: it gets an id of its own, and is judged with that doubt.
    /// </summary>
    void Contradict(RecordDoubt doubt);
}
