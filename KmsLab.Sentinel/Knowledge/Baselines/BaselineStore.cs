using System.Data.Common;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>Learns what the groups of every relative detection normally do, and says so.</summary>
/// <remarks>It learns what the windows count, and nothing else: what is left out there, by an exception or a suppression, is left out here.</remarks>
internal sealed class BaselineStore(DetectionCatalog catalog, BaselineOptions options, TurnOptions turns) : ITurnPart, IWindowBaseline
{
    private readonly Dictionary<string, DetectionBaselines> _detections = catalog.Active
        .Where(detection => detection.Definition.IsRelative)
        .ToDictionary(detection => detection.Definition.Id, detection => new DetectionBaselines(detection, options, turns.Retention));

    private readonly List<string> _outdated = [];
    private long _lastId;

    public bool HasChanges => _outdated.Count > 0 || _detections.Values.Any(detection => detection.HasChanges);

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = new BaselineRows(connection, cancellationToken);
        _lastId = await rows.LastIdAsync();
        foreach (var detection in _detections.Values)
        {
            if (await rows.LoadAsync(detection, options.PaceOf(catalog.Find(detection.Detection)!)) == false)
                _outdated.Add(detection.Detection);
        }
    }


    public void Counted(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at) =>
        _detections.GetValueOrDefault(detection.Definition.Id)?.Count(group, at.ToUnixTimeMilliseconds(), () => ++_lastId);

    public Expectation? Expect(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at) =>
        _detections.GetValueOrDefault(detection.Definition.Id)?.Expect(group, at.ToUnixTimeMilliseconds());

    public void Advance(TurnMoment moment)
    {
        if (moment.Watermark.Known is not { } known)
            return;

        foreach (var detection in _detections.Values)
            detection.LearnTo(known - options.Delay);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var detection in _outdated)
            await BaselineRows.DeleteAsync(transaction, detection, cancellationToken);
        foreach (var detection in _detections.Values.Where(detection => detection.HasChanges))
        {
            await BaselineRows.WriteAsync(transaction, detection, cancellationToken);
            detection.Written();
        }

        _outdated.Clear();
    }
}
