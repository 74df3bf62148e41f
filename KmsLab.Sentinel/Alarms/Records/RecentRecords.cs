using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Alarms.Records;

/// <summary>The latest records as they came, in a ring of bytes: an alarm rests on some that came before anybody knew that they matter.</summary>
/// <remarks>Keeping one is a copy into memory that is there; nothing is allocated for a record that raises nothing.</remarks>
internal sealed class RecentRecords(int size = RecentRecords.DefaultSize)
{
    private const int DefaultSize = 8 * 1024 * 1024;

    private readonly Dictionary<RecordId, (int Start, int Length)> _places = [];
    private readonly Queue<(RecordId Id, int Start, int Length)> _order = [];
    private byte[] _ring = [];
    private int _end;

    /// <summary>Keeps a record. One that would take more than an eighth of the ring is left out.</summary>
    public void Keep(RecordId id, ReadOnlySpan<byte> json)
    {
        if (json.Length > size / 8 || _places.ContainsKey(id))
            return;

        if (_ring.Length == 0)
            _ring = new byte[size];
        if (_end + json.Length > _ring.Length)
        {
            Forget(_end, _ring.Length);
            _end = 0;
        }

        Forget(_end, _end + json.Length);
        json.CopyTo(_ring.AsSpan(_end));
        _places[id] = (_end, json.Length);
        _order.Enqueue((id, _end, json.Length));
        _end += json.Length;
    }

    /// <summary>The bytes of a record, until the next one is kept; empty where they are gone.</summary>
    public ReadOnlySpan<byte> Find(RecordId id) => _places.TryGetValue(id, out var place) ? _ring.AsSpan(place.Start, place.Length) : default;

    /// <summary>Oldest first: what lies where the next record goes is the oldest.</summary>
    private void Forget(int from, int to)
    {
        while (_order.TryPeek(out var oldest) && oldest.Start >= from && oldest.Start < to)
        {
            _order.Dequeue();
            _places.Remove(oldest.Id);
        }
    }
}
