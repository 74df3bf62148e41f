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
    private int _outside;
    private int _ignored;

    public IReadOnlyList<SourceEvent> Events => _events;

    public IReadOnlyCollection<IReadPosition> Positions => _positions.Values;

    public bool IsEmpty => _positions.Count == 0;

    public bool IsFull => _events.Count >= MostEvents || _bytes >= MostBytes || _outside + _ignored >= MostPassedOver;

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

    /// <summary>What was not taken into it.</summary>
    public PassedOver PassedOver => new(_outside, _ignored);

    /// <summary>Leaves out a record of a service that nobody asked for, or else of a time that nobody asked for.</summary>
    public void PassOver(bool isOfInterest)
    {
        _outside += isOfInterest ? 1 : 0;
        _ignored += isOfInterest ? 0 : 1;
    }

    public void Reach(FilePosition position) => _positions[position.Path] = position;
}
