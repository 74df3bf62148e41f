using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Where a record stands among all that are read: the piece of the files, and its place among that piece's corrections.</summary>
internal readonly record struct CorrectionPlace(int Piece, int Number) : IComparable<CorrectionPlace>
{
    public int CompareTo(CorrectionPlace other) => (Piece, Number).CompareTo((other.Piece, other.Number));
}

/// <summary>
/// The corrections that were found: records with an <c>addendum</c> that says <c>UPDATED_DATA</c> and names the record that they replace.
/// </summary>
/// <remarks>
/// An original may stand anywhere before or after its correction, so what it counted for is known only by reading once more. Corrections
/// are rare. Of several corrections of one original the last counts.
/// </remarks>
internal sealed class FoundCorrections
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RecordId, (CorrectionPlace Place, RecordId Id)> _last = [];
    private readonly HashSet<RecordId> _replaced = [];

    /// <summary>The records that are not to be counted.</summary>
    public IReadOnlySet<RecordId> Replaced => _replaced;

    /// <summary>Notes a record, if it is a correction.</summary>
    public void Note(CloudTrailRecord record, CorrectionPlace place)
    {
        if (record.Addendum is not { Reason: "UPDATED_DATA", OriginalEventId: { } originalId })
            return;

        var original = RecordId.From(originalId);
        if (original == record.Id)
            return;

        lock (_lock)
        {
            _replaced.Add(original);
            var isKnown = _last.TryGetValue(original, out var known);
            if (isKnown)
                _replaced.Add(known.Place.CompareTo(place) < 0 ? known.Id : record.Id);
            if (!isKnown || known.Place.CompareTo(place) < 0)
                _last[original] = (place, record.Id);
        }
    }
}
