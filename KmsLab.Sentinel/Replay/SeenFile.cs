using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Turns;
using Microsoft.Win32.SafeHandles;

namespace KmsLab.Sentinel.Replay;

/// <summary>
/// Keeps the ids of a replay that nobody goes on with: 8 to 20 bytes a record in memory, which lead to its row in a file that goes away with the process.
/// </summary>
/// <remarks>What memory says is a hint; the row has the whole id. So nothing is taken for a duplicate that is none.</remarks>
internal sealed class SeenFile : SeenRecords, IDisposable
{
    /// <summary>16 bytes of id, 8 of content, 8 of event time (Unix milliseconds), 4 of what it counted for (0: nothing), 4 unused.</summary>
    private const int RowSize = 40;

    private const int ContentAt = 16;
    private const int CountedAt = 24;
    private const int SeriesAt = 32;

    /// <summary>Rows that are kept in memory before they go to the file together.</summary>
    private const int RowsABlock = 32 * 1024;

    private readonly SafeFileHandle _file = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"kmslab-seen-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose);

    private readonly byte[] _block = new byte[RowsABlock * RowSize];
    private readonly List<string> _series = [""];
    private readonly Dictionary<string, int> _numbers = [];
    private (uint Hint, uint Row)[] _slots = new (uint, uint)[1024];
    private long _blockStart;
    private long _rows;
    private long _turnStart;

    /// <summary>Writing is nothing that a commit has to do.</summary>
    public override bool HasChanges => false;

    /// <summary>Takes new items in at once: a turn that fails ends the replay.</summary>
    public override Task<IReadOnlyList<T>> NewAsync<T>(IReadOnlyList<T> items, CancellationToken cancellationToken)
    {
        var fresh = new List<T>(items.Count);
        foreach (var item in items)
        {
            if (!IsNew(item, ContentOf))
                continue;

            Note(item.Ids, default);
            fresh.Add(item);
        }

        return Task.FromResult<IReadOnlyList<T>>(fresh);
    }

    public override Task<IReadOnlyDictionary<RecordId, CountedFor?>> FindCountedAsync(IEnumerable<RecordId> ids, CancellationToken cancellationToken)
    {
        var counted = new Dictionary<RecordId, CountedFor?>();
        foreach (var id in ids)
        {
            if (RowOf(id) is >= 0 and var row && row < _turnStart)
                counted[id] = CountedOf(row);
        }

        return Task.FromResult<IReadOnlyDictionary<RecordId, CountedFor?>>(counted);
    }

    public override void Note(RecordIds ids, DateTimeOffset until)
    {
        Add(ids.Own, ids.Content);
        if (ids.Shared is { } shared)
            Add(shared, ids.SharedContent);
    }

    public override void Counts(RecordId id, CountedFor counted) => Put(RowOf(id), counted);

    public override void Replace(RecordId original, RecordId correction, bool isKnown, DateTimeOffset until)
    {
        Add(original, 0);
        Put(RowOf(original), CountedOf(RowOf(correction)));
    }

    public override void Advance(TurnMoment moment) => _turnStart = _rows;

    public void Dispose() => _file.Dispose();

    private void Add(RecordId id, ulong content)
    {
        if (RowOf(id) >= 0)
            return;
        if (_rows == uint.MaxValue)
            throw new ReplayException("More than four thousand million records: replay fewer files at a time.");

        if (_rows - _blockStart == RowsABlock)
        {
            RandomAccess.Write(_file, _block, _blockStart * RowSize);
            _blockStart = _rows;
        }

        var row = _block.AsSpan((int)(_rows - _blockStart) * RowSize, RowSize);
        row.Clear();
        BinaryPrimitives.WriteUInt128LittleEndian(row, id.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(row[ContentAt..], content);
        if (_rows >= _slots.Length / 4 * 3)
            Grow();
        Insert(_slots, HintOf(id), (uint)++_rows);
    }

    /// <summary>The id's row; -1 where there is none.</summary>
    private long RowOf(RecordId id)
    {
        var (hint, mask) = (HintOf(id), _slots.Length - 1);
        Span<byte> row = stackalloc byte[RowSize];
        for (var slot = (int)hint & mask; _slots[slot].Row != 0; slot = (slot + 1) & mask)
        {
            if (_slots[slot].Hint != hint)
                continue;

            Read(_slots[slot].Row - 1, row);
            if (BinaryPrimitives.ReadUInt128LittleEndian(row) == id.Value)
                return _slots[slot].Row - 1;
        }

        return -1;
    }

    private CountedFor? CountedOf(long row)
    {
        Span<byte> bytes = stackalloc byte[RowSize];
        Read(row, bytes);
        var number = BinaryPrimitives.ReadInt32LittleEndian(bytes[SeriesAt..]);
        return number == 0 ? null : new(_series[number], BinaryPrimitives.ReadInt64LittleEndian(bytes[CountedAt..]))
        {
            Content = BinaryPrimitives.ReadUInt64LittleEndian(bytes[ContentAt..]),
        };
    }

    private ulong? ContentOf(RecordId id)
    {
        if (RowOf(id) is not (>= 0 and var row))
            return null;

        Span<byte> bytes = stackalloc byte[RowSize];
        Read(row, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[ContentAt..]);
    }

    private void Put(long row, CountedFor? counted)
    {
        Span<byte> bytes = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, counted?.EventAt ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], counted is { } value ? NumberOf(value.Series) : 0);
        if (row >= _blockStart)
            bytes.CopyTo(_block.AsSpan((int)((row - _blockStart) * RowSize) + CountedAt));
        else
            RandomAccess.Write(_file, bytes, (row * RowSize) + CountedAt);
    }

    private int NumberOf(string series)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, series, out var isKnown);
        if (!isKnown)
        {
            number = _series.Count;
            _series.Add(series);
        }

        return number;
    }

    private void Read(long row, Span<byte> bytes)
    {
        if (row >= _blockStart)
            _block.AsSpan((int)((row - _blockStart) * RowSize), RowSize).CopyTo(bytes);
        else
            RandomAccess.Read(_file, bytes, row * RowSize);
    }

    private void Grow()
    {
        var larger = new (uint, uint)[_slots.Length * 2];
        foreach (var (hint, row) in _slots)
        {
            if (row != 0)
                Insert(larger, hint, row);
        }

        _slots = larger;
    }

    private static void Insert((uint Hint, uint Row)[] slots, uint hint, uint row)
    {
        var mask = slots.Length - 1;
        var slot = (int)hint & mask;
        while (slots[slot].Row != 0)
            slot = (slot + 1) & mask;
        slots[slot] = (hint, row);
    }

    /// <summary>An eventID is a random GUID, but whoever forges some should not be able to pile them up: its halves are mixed with a secret.</summary>
    private static uint HintOf(RecordId id) => (uint)((((ulong)id.Value ^ (ulong)(id.Value >> 64)) * Secret) >> 32);

    private static readonly ulong Secret = (ulong)Random.Shared.NextInt64() << 1 | 1;
}
