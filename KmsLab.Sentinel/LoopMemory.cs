using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detection;
using KmsLab.Sentinel.Ingest;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel;

/// <summary>
/// What the loop keeps in memory: always a copy of what is committed. A turn that fails may have changed it halfway, so it is thrown away then and
/// read anew.
/// </summary>
internal sealed class LoopMemory
{
    private LoopMemory(SeriesBook series, WindowBook windows, AlarmBook alarms, SeenRecords seen, Dictionary<string, DateTimeOffset> completedReads) =>
        (Series, Windows, Alarms, Seen, CompletedReads) = (series, windows, alarms, seen, completedReads);

    public SeriesBook Series { get; }

    public WindowBook Windows { get; }

    public AlarmBook Alarms { get; }

    public SeenRecords Seen { get; }

    /// <summary>When the last complete read of each source began.</summary>
    public Dictionary<string, DateTimeOffset> CompletedReads { get; }

    public static async Task<LoopMemory> LoadAsync(SentinelStore store, DetectionCatalog catalog, SentinelOptions options, CancellationToken cancellationToken)
    {
        var saved = await store.LoadAsync(cancellationToken);

        var windows = new WindowBook(catalog, options);
        foreach (var (key, group, evidence) in saved.Groups)
            windows.Restore(key, group, evidence);
        foreach (var (key, at, records) in saved.Counts)
            windows.Find(key)?.Counts.Add(at, records);

        return new(new SeriesBook(saved.Series, options), windows, new AlarmBook(saved.Alarms, catalog), new SeenRecords(store), new(saved.CompletedReads));
    }

    public void Prune(DateTimeOffset floor)
    {
        Windows.Prune(floor);
        Alarms.Prune(floor);
    }
}
