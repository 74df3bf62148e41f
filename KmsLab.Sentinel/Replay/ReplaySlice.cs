using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Replay;

/// <summary>Records that go into one turn: of one stretch of event time, and not too many.</summary>
internal sealed class ReplaySlice
{
    private const int MostEvents = 5000;
    private const int MostBytes = 8 * 1024 * 1024;

    /// <summary>Files full of other services' records move on as well.</summary>
    private const int MostPassedOver = 100_000;

    private readonly Dictionary<string, FilePosition> _positions = [];
    private readonly List<SourceEvent> _events = [];
    private DateTimeOffset? _end;
    private long _bytes;
    private int _passedOver;

    public IReadOnlyList<SourceEvent> Events => _events;

    public IReadOnlyCollection<IReadPosition> Positions => _positions.Values;

    public bool IsEmpty => _positions.Count == 0;

    public bool IsFull => _events.Count >= MostEvents || _bytes >= MostBytes || _passedOver >= MostPassedOver;

    /// <summary>Whether a record of that time belongs to the stretch; older ones that come late do.</summary>
    public bool Fits(DateTimeOffset? at) => at is null || _end is null || at <= _end;

    /// <summary>Begins the stretch at <paramref name="at"/>.</summary>
    public void Begin(DateTimeOffset at, TimeSpan step) => _end = at + step;

    public bool HasBegun => _end is not null;

    public void Add(SourceEvent item)
    {
        _events.Add(item);
        _bytes += item.Utf8.Length;
    }

    public void PassOver() => _passedOver++;

    public void Reach(FilePosition position) => _positions[position.Path] = position;
}
