namespace KmsLab.Sentinel.Sources.Files;

/// <summary>The bytes of a page's records in a few large pieces, for a piece a record would be a garbage collection a page.</summary>
internal sealed class PageBytes
{
    private const int PieceSize = 64 * 1024;

    private byte[] _piece = [];
    private int _used;

    /// <summary>Copies a record.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> record)
    {
        if (record.Length > PieceSize / 4)
            return record.ToArray();

        if (_piece.Length - _used < record.Length)
            (_piece, _used) = (GC.AllocateUninitializedArray<byte>(PieceSize), 0);
        var kept = _piece.AsMemory(_used, record.Length);
        record.CopyTo(kept.Span);
        _used += record.Length;
        return kept;
    }
}
