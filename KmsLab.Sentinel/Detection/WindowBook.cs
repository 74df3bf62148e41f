using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.State;

namespace KmsLab.Sentinel.Detection;

/// <summary>The windows of all groups of all detections; beyond the limit of groups, new ones share one.</summary>
internal sealed class WindowBook(DetectionCatalog catalog, SentinelOptions options)
{
    private readonly Dictionary<WindowKey, GroupWindow> _windows = [];

    /// <summary>The window of a group, made if there is none; for loading.</summary>
    public GroupWindow Restore(WindowKey key, DetectionGroup group, IEnumerable<Evidence> evidence) => _windows[key] = new GroupWindow(group, evidence);

    public GroupWindow? Find(WindowKey key) => _windows.GetValueOrDefault(key);

    /// <summary>Counts a record for every detection that it concerns, and reports those whose threshold it reaches.</summary>
    public void Observe(CloudTrailRecord record, AlarmBook alarms, Watermark watermark, TurnChanges changes)
    {
        foreach (var detection in catalog.Active)
        {
            if (detection.Definition.Select(record) is not { } group)
                continue;

            var at = record.EventTime.ToUnixTimeMilliseconds();
            var (key, window) = WindowOf(detection.Definition.Id, group);
            window.Add(Evidence.Of(record));
            changes.CountRecord(key, at);
            changes.Windows[key] = window;
            alarms.Touch(detection.Definition.Id, window);

            if (window.Counts.FindViolation(at, detection.Settings.Window, detection.Settings.Threshold) is { } violation)
                alarms.Report(detection, window, violation, watermark, changes.Now);
        }
    }

    public void Prune(DateTimeOffset floor)
    {
        foreach (var (key, window) in _windows)
        {
            window.Prune(floor);
            if (window.Counts.IsEmpty)
                _windows.Remove(key);
        }
    }

    private (WindowKey Key, GroupWindow Window) WindowOf(string detection, DetectionGroup group)
    {
        var key = new WindowKey(detection, group.Key);
        if (_windows.TryGetValue(key, out var window))
            return (key, window);

        if (_windows.Count >= options.MaxGroups && !group.IsOther)
            return WindowOf(detection, group.AsOther());

        return (key, Restore(key, group, []));
    }
}
