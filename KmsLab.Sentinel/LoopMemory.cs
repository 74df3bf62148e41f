using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.State;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel;

/// <summary>
/// What the loop keeps in memory: always a copy of what is committed. A turn that fails may have changed it halfway, so it is thrown away then and
/// read anew.
/// </summary>
internal sealed class LoopMemory
{
    private LoopMemory(
        SeriesBook series, WindowBook windows, IReadOnlyList<IKnowledge> knowledge, AlarmBook alarms, AlarmDesk desk, SeenRecords seen,
        Dictionary<string, DateTimeOffset> completedReads) =>
        (Series, Windows, Knowledge, Alarms, Desk, Seen, CompletedReads) = (series, windows, knowledge, alarms, desk, seen, completedReads);

    public SeriesBook Series { get; }

    public WindowBook Windows { get; }

    /// <summary>What is known beyond the records, in the order in which it looks at them.</summary>
    public IReadOnlyList<IKnowledge> Knowledge { get; }

    /// <summary>The canaries, which stand before the detections: their records are kept from them, and the watermark goes by them.</summary>
    public CanaryBook Canaries => Know<CanaryBook>();

    public AlarmBook Alarms { get; }

    /// <summary>What people are told of the alarms.</summary>
    public AlarmDesk Desk { get; }

    public SeenRecords Seen { get; }

    /// <summary>When the last complete read of each source began.</summary>
    public Dictionary<string, DateTimeOffset> CompletedReads { get; }

    public static async Task<LoopMemory> LoadAsync(SentinelStore store, DetectionCatalog catalog, KnowledgeCatalog knowledgeCatalog, AlarmDesks desks, SeriesOptions series, WindowOptions windowOptions, CancellationToken cancellationToken)
    {
        var knowledge = knowledgeCatalog.Create();
        var saved = await store.LoadAsync(knowledge, cancellationToken);

        var windows = new WindowBook(catalog, knowledge, windowOptions);
        foreach (var (key, group, evidence) in saved.Groups)
            windows.Restore(key, group, evidence);
        foreach (var (key, at, records) in saved.Counts)
            windows.Find(key)?.Counts.Add(at, records);
        foreach (var (key, at, value) in saved.Values)
            windows.Find(key)?.Values?.Add(at, value);

        var desk = desks.Create(saved.Handlings);
        return new(new SeriesBook(saved.Series, series), windows, knowledge, new AlarmBook(saved.Alarms, catalog, desk), desk, new SeenRecords(store), new(saved.CompletedReads));
    }

    /// <summary>One kind of knowledge.</summary>
    public T Know<T>() where T : IKnowledge => Knowledge.OfType<T>().Single();

    public void Prune(DateTimeOffset floor, DateTimeOffset now)
    {
        Windows.Prune(floor);
        Alarms.Prune(floor, now);
    }
}
