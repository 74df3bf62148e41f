using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>The shapes of records that are known: states, and the edges that lead from one to the next.</summary>
/// <remarks>
/// A state is a place in a record's JSON at which a value has just ended, told by its path; so it says which structures are open, and
/// what may follow. An edge is the exact bytes from there to the next value. Records that leave out or add a field share all other
/// states. What there is of it is bounded: an attacker chooses the names of an encryption context, and so the edges.
/// </remarks>
internal sealed class ShapeTable
{
    /// <summary>The state before the first byte of a record.</summary>
    public const int Begin = 0;

    private const int MaxEdges = 8192;
    private const int MaxMarks = 8192;

    /// <summary>A state with more ways out than this would cost more than the lenient reader does.</summary>
    private const int MaxEdgesAState = 40;

    private readonly Dictionary<string, int> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _edgesOf = [];
    private ShapeEdge[] _edges = new ShapeEdge[64];
    private ShapeMark[] _marks = new ShapeMark[16];
    private int _edgeCount;
    private int _markCount;

    /// <summary>Knows nothing yet.</summary>
    public ShapeTable() => NewState();

    /// <summary>All edges. A state is the place of its first one.</summary>
    public ShapeEdge[] Edges => _edges;

    public ShapeMark[] Marks => _marks;

    /// <summary>Whether a record more may not find room.</summary>
    public bool IsFull => _edgeCount > MaxEdges * 9 / 10 || _markCount > MaxMarks * 9 / 10;

    /// <summary>Adds an edge, or finds it.</summary>
    /// <param name="from">The state before it.</param>
    /// <param name="edge">The edge, but for its target.</param>
    /// <param name="bytes">Its bytes, at most <see cref="ShapeEdge.Size"/>.</param>
    /// <param name="marks">Its marks.</param>
    /// <param name="path">The path of the state after it; null for a state that no other edge leads to.</param>
    /// <returns>The state after it; -1 if there is no room.</returns>
    public int Add(int from, ShapeEdge edge, ReadOnlySpan<byte> bytes, ReadOnlySpan<ShapeMark> marks, string? path)
    {
        if (Find(from, edge.End, bytes) is var known and >= 0)
            return _edges[known].Target;
        if (_edgesOf[from] >= MaxEdgesAState || _edgeCount + 2 > MaxEdges || _markCount + marks.Length > MaxMarks)
            return -1;

        Span<byte> padded = stackalloc byte[ShapeEdge.Size];
        padded.Clear();
        bytes.CopyTo(padded);
        edge.Bytes = Vector512.Create<byte>(padded);
        edge.Length = bytes.Length;
        edge.Mask = bytes.Length == ShapeEdge.Size ? ulong.MaxValue : (1UL << bytes.Length) - 1;
        (edge.Marks, edge.MarkCount) = (_markCount, (byte)marks.Length);
        edge.Target = path is null ? NewState() : StateOf(path);
        AddMarks(marks);
        Link(from, edge);
        return edge.Target;
    }

    /// <summary>An edge that was not the first to be tried was the right one: now and then that puts it first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="index">Its edge.</param>
    public void PutFirst(int state, int index)
    {
        ref var first = ref _edges[state];
        ref var edge = ref _edges[index];
        // Before a number stand bytes that other edges may begin with.
        if (edge.End == EdgeEnd.Number)
            return;

        (first, edge) = (edge, first);
        (first.Next, edge.Next) = (edge.Next, first.Next);
    }

    private int Find(int from, EdgeEnd end, ReadOnlySpan<byte> bytes)
    {
        for (var index = from; index >= 0; index = _edges[index].Next)
        {
            ref var edge = ref _edges[index];
            if (edge.End == end && edge.Length == bytes.Length && BytesOf(ref edge).SequenceEqual(bytes))
                return index;
        }

        return -1;
    }

    private static ReadOnlySpan<byte> BytesOf(ref ShapeEdge edge) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<Vector512<byte>>(ref edge.Bytes))[..edge.Length];

    private int StateOf(string path)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_states, path, out var isKnown);
        if (!isKnown)
            state = NewState();
        return state;
    }

    private int NewState()
    {
        var state = NewEdge();
        _edges[state] = new ShapeEdge { End = EdgeEnd.None, Next = -1, Mask = ulong.MaxValue };
        _edgesOf[state] = 0;
        return state;
    }

    private int NewEdge()
    {
        if (_edgeCount == _edges.Length)
            Array.Resize(ref _edges, _edges.Length * 2);
        return _edgeCount++;
    }

    private void AddMarks(ReadOnlySpan<ShapeMark> marks)
    {
        while (_markCount + marks.Length > _marks.Length)
            Array.Resize(ref _marks, _marks.Length * 2);
        marks.CopyTo(_marks.AsSpan(_markCount));
        _markCount += marks.Length;
    }

    /// <summary>Puts an edge behind those that were there, but before those that lead to numbers.</summary>
    private void Link(int from, ShapeEdge edge)
    {
        if (_edgesOf[from]++ == 0)
        {
            _edges[from] = edge with { Next = -1 };
            return;
        }

        var place = NewEdge();
        if (edge.End != EdgeEnd.Number && _edges[from].End == EdgeEnd.Number)
        {
            _edges[place] = _edges[from];
            _edges[from] = edge with { Next = place };
            return;
        }

        var before = from;
        while (_edges[before].Next is var next and >= 0 && (edge.End == EdgeEnd.Number || _edges[next].End != EdgeEnd.Number))
            before = next;
        _edges[place] = edge with { Next = _edges[before].Next };
        _edges[before].Next = place;
    }
}
