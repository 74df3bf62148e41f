using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.State;

/// <summary>A tumbling bucket of a series: starts at <paramref name="Start"/> (Unix milliseconds of event time) and is <paramref name="Size"/> milliseconds long.</summary>
internal readonly record struct BucketKey(long Series, long Start, long Size);

/// <summary>A group of a detection.</summary>
internal readonly record struct WindowKey(string Detection, string Group);

/// <summary>What is counted for good.</summary>
internal enum Counter
{
    /// <summary>Records counted, each once.</summary>
    Counted,

    /// <summary>Log events that are no usable record, each once.</summary>
    Malformed,

    /// <summary>Events that a sweep found first, each once.</summary>
    Late,

    /// <summary>Records older than is kept, each once.</summary>
    TooLate,

    /// <summary>Calls counted in the series Other.</summary>
    Overflowed,

    // Cryptographic calls on protected keys by what their proof said, each once.
    AttestationValid,
    AttestationAbsent,
    AttestationForged,
    AttestationStale,
    AttestationReplayed,
    AttestationUnverifiable,

    /// <summary>Records that CloudTrail corrected, each once: the correction counts instead.</summary>
    Replaced,
}

/// <summary>A log event that could not be used.</summary>
/// <param name="Id">A hash of its bytes; the bytes themselves are not kept.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Origin">Where it stands there: the log stream and the log event's id.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record Rejection(RecordId Id, string Source, string Origin, string Problem);

/// <summary>A notification for the outbox, and the channels that it goes to.</summary>
internal sealed record OutboxEntry(Notification Notification, IReadOnlyList<string> Channels);

/// <summary>Everything that one turn of the loop changes; it is committed whole or not at all.</summary>
internal sealed class TurnChanges(DateTimeOffset now, IReadOnlyList<IKnowledge> knowledge)
{
    private readonly Dictionary<BucketKey, long> _calls = [];
    private readonly Dictionary<(WindowKey Window, long At), long> _records = [];
    private readonly Dictionary<Counter, long> _counters = [];

    /// <summary>The time of the turn.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Ids that were new, and until when they are remembered.</summary>
    public List<(RecordId Id, DateTimeOffset Until)> Seen { get; } = [];

    /// <summary>What records counted for; of an original that was replaced, what its correction counted for.</summary>
    public Dictionary<RecordId, CountedCall> Counted { get; } = [];

    /// <summary>Originals that were known before, and are replaced in this turn.</summary>
    public List<RecordId> Replaced { get; } = [];

    public List<(long Id, SeriesKey Key, long LastAt)> NewSeries { get; } = [];

    /// <summary>Series whose latest bucket has moved on by hours.</summary>
    public Dictionary<long, long> TouchedSeries { get; } = [];

    public IReadOnlyDictionary<BucketKey, long> Calls => _calls;

    public IReadOnlyDictionary<(WindowKey Window, long At), long> Records => _records;

    public IReadOnlyDictionary<Counter, long> Counters => _counters;

    public Dictionary<WindowKey, GroupWindow> Windows { get; } = [];

    /// <summary>Distinct values that are new in their slots.</summary>
    public List<(WindowKey Window, long SlotAt, RecordId Value)> Values { get; } = [];

    /// <summary>What learns from the turn.</summary>
    public IReadOnlyList<IKnowledge> Knowledge => knowledge;

    public Dictionary<string, Alarm> Alarms { get; } = [];

    public List<OutboxEntry> Outbox { get; } = [];

    /// <summary>What changes of how alarms are handled.</summary>
    public DeskChanges Desk { get; } = new();

    public List<Rejection> Rejections { get; } = [];

    /// <summary>The watermark after the turn, if there is one.</summary>
    public DateTimeOffset? Watermark { get; set; }

    /// <summary>The source that has now been read completely, and the time at which that read began.</summary>
    public (string Source, DateTimeOffset At)? Completed { get; set; }

    /// <summary>How far the turn got in files, by source.</summary>
    public List<(string Source, FilePosition Position)> Positions { get; } = [];

    public bool IsEmpty =>
        Seen.Count == 0 && Alarms.Count == 0 && Outbox.Count == 0 && Desk.IsEmpty && Completed is null && Positions.Count == 0 && !Knowledge.Any(part => part.HasChanges);

    public void CountCall(BucketKey bucket, long calls = 1) => _calls[bucket] = _calls.GetValueOrDefault(bucket) + calls;

    public void CountRecord(WindowKey window, long at, long records = 1) => _records[(window, at)] = _records.GetValueOrDefault((window, at)) + records;

    public void Reject(Rejection rejection)
    {
        if (Rejections.Count < SentinelStore.RejectionsKept)
            Rejections.Add(rejection);
        Add(Counter.Malformed);
    }

    public void Add(AttestationVerdict verdict) => Add(CounterOf(verdict));

    public static Counter CounterOf(AttestationVerdict verdict) => verdict switch
    {
        AttestationVerdict.Valid => Counter.AttestationValid,
        AttestationVerdict.Absent => Counter.AttestationAbsent,
        AttestationVerdict.Forged => Counter.AttestationForged,
        AttestationVerdict.Stale => Counter.AttestationStale,
        AttestationVerdict.Replayed => Counter.AttestationReplayed,
        _ => Counter.AttestationUnverifiable,
    };

    public void Add(Counter counter) => _counters[counter] = _counters.GetValueOrDefault(counter) + 1;
}
