namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Hands out pieces to threads: to each a stretch of its own, in order, and when that is done half of another's rest.</summary>
/// <remarks>So each thread counts minutes of its own, mostly, and there is little to merge.</remarks>
internal sealed class PieceQueue
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<FilePiece> _pieces;
    private readonly (int Next, int End)[] _rests;

    public PieceQueue(IReadOnlyList<FilePiece> pieces, int threads)
    {
        _pieces = pieces;
        _rests = [.. Enumerable.Range(0, threads).Select(thread => (Part(thread), Part(thread + 1)))];

        int Part(int thread) => (int)((long)pieces.Count * thread / threads);
    }

    /// <summary>The next piece for a thread; null when there are no more.</summary>
    public FilePiece? Take(int thread)
    {
        lock (_lock)
        {
            if (_rests[thread].Next == _rests[thread].End)
                Share(thread);
            var (next, end) = _rests[thread];
            if (next == end)
                return null;

            _rests[thread] = (next + 1, end);
            return _pieces[next];
        }
    }

    private void Share(int thread)
    {
        var richest = Enumerable.Range(0, _rests.Length).MaxBy(other => _rests[other].End - _rests[other].Next);
        var (next, end) = _rests[richest];
        var middle = next + ((end - next) / 2);
        (_rests[richest], _rests[thread]) = richest == thread ? (_rests[thread], _rests[thread]) : ((next, middle), (middle, end));
    }
}
