using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// Records that replace others: an <c>addendum</c> with the reason <c>UPDATED_DATA</c> names the eventID of the record that it corrects
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
/// </summary>
/// <remarks>
/// The correction counts and the original does not, whichever comes first. An original that was counted is taken back from the rates, exactly; and from
/// windows as far as their evidence, the latest 50 records, still shows it. What was told stays told: an alarm that rose by the original remains, and so
/// does its evidence, with a mark. A correction that says something else than its original is told of: nobody but AWS can confirm it
/// (<see cref="Trail.RecordDoubt.Correction"/>). An original that comes later is known already, like a duplicate.
/// </remarks>
internal sealed class Corrections
{
    private const string UpdatedData = "UPDATED_DATA";

    private readonly IReadOnlyDictionary<RecordId, CountedFor?> _seen;

    private readonly HashSet<RecordId> _replaced;

    private Corrections(IReadOnlyDictionary<RecordId, RecordId> originals, HashSet<RecordId> replaced, IReadOnlyDictionary<RecordId, CountedFor?> seen) =>
        (Originals, _replaced, _seen) = (originals, replaced, seen);

    /// <summary>The original of each correction in this turn; of several corrections of one original, the last.</summary>
    public IReadOnlyDictionary<RecordId, RecordId> Originals { get; }

    /// <summary>Looks for corrections among new records, and what is known of their originals.</summary>
    public static async Task<Corrections> OfAsync(IReadOnlyList<ParsedEvent> fresh, SeenRecords seen, CancellationToken cancellationToken)
    {
        var (corrections, replaced) = (new Dictionary<RecordId, RecordId>(), new HashSet<RecordId>());
        foreach (var item in fresh)
        {
            if (item.Record is { Addendum: { Reason: UpdatedData, OriginalEventId: { } original } } record && RecordId.From(original) is var id && id != record.Id)
            {
                if (corrections.TryGetValue(id, out var earlier))
                    replaced.Add(earlier);
                corrections[id] = record.Id;
                replaced.Add(id);
            }
        }

        var known = corrections.Count == 0 ? new Dictionary<RecordId, CountedFor?>() : await seen.FindCountedAsync(corrections.Keys, cancellationToken);
        return new(corrections.ToDictionary(pair => pair.Value, pair => pair.Key), replaced, known);
    }

    /// <summary>Whether a new record is replaced by another one of the same turn, and so is not to be counted.</summary>
    public bool Replaces(RecordId record) => _replaced.Contains(record);

    /// <summary>Whether a record was known before this turn.</summary>
    public bool IsKnown(RecordId original) => _seen.ContainsKey(original);

    /// <summary>What an original was counted for before this turn; null if it was not.</summary>
    public CountedFor? CountedOf(RecordId original) => _seen.GetValueOrDefault(original);
}
