using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.State;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Windows;

/// <summary>The windows of all groups of all detections; beyond the limit of groups of a detection, new ones share one.</summary>
internal sealed class WindowBook(DetectionCatalog catalog, IReadOnlyList<IKnowledge> knowledge, WindowOptions options)
{
    private readonly Dictionary<WindowKey, GroupWindow> _windows = [];
    private readonly Dictionary<string, int> _groups = [];

    /// <summary>A group's window, as it was committed.</summary>
    /// <returns>Null when its detection is no longer on.</returns>
    public GroupWindow? Restore(WindowKey key, DetectionGroup group, IEnumerable<Evidence> evidence) =>
        catalog.FindActive(key.Detection) is { } detection ? Add(key, new GroupWindow(group, detection, evidence)) : null;

    public GroupWindow? Find(WindowKey key) => _windows.GetValueOrDefault(key);

    /// <summary>Counts a record for every detection that it concerns, and reports those whose threshold it reaches.</summary>
    public void Observe(Observation observation, IWindowWatcher alarms, Watermark watermark, TurnChanges changes)
    {
        foreach (var detection in catalog.Active)
        {
            if (detection.Definition.Select(observation) is not { } selection || detection.Settings.ThresholdFor(observation) is not { } threshold)
                continue;

            Count(detection, selection, Evidence.Of(observation, selection.Detail), selection.IsEnough ? 1 : threshold, alarms, watermark, changes);
        }
    }

    /// <summary>Counts what Sentinel saw itself.</summary>
    public void Observe(Finding finding, IWindowWatcher alarms, Watermark watermark, TurnChanges changes)
    {
        if (catalog.FindActive(finding.Detection) is { } detection)
            Count(detection, new Selection(finding.Group, finding.Detail), Evidence.Of(finding), detection.Settings.Threshold, alarms, watermark, changes);
    }

    /// <summary>Takes back a record that CloudTrail corrected, from the windows that still show it and from the evidence of their alarms.</summary>
    public void Withdraw(string eventId, IWindowWatcher alarms, TurnChanges changes)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.Withdraw(eventId) is not { } evidence)
                continue;

            changes.CountRecord(key, evidence.EventTime.ToUnixTimeMilliseconds(), -1);
            changes.Windows[key] = window;
        }

        alarms.Withdraw(eventId, changes);
    }

    /// <summary>Forgets what no window can need any more.</summary>
    /// <param name="floor">Records from before it are too late to be counted.</param>
    public void Prune(DateTimeOffset floor)
    {
        foreach (var (key, window) in _windows)
        {
            window.Prune(floor - (catalog.FindActive(key.Detection)?.Settings.Span ?? TimeSpan.Zero));
            if (window.Counts.IsEmpty && _windows.Remove(key))
                _groups[key.Detection]--;
        }
    }

    private void Count(ConfiguredDetection detection, Selection selection, Evidence evidence, long threshold, IWindowWatcher alarms, Watermark watermark, TurnChanges changes)
    {
        var at = evidence.EventTime.ToUnixTimeMilliseconds();
        var (key, window) = WindowOf(detection, selection.Group);
        if (window.Values is { } values && !Add(values, key, at, RecordId.Hash(selection.Value ?? ""), changes))
            return;

        window.Add(evidence);
        changes.CountRecord(key, at);
        changes.Windows[key] = window;
        alarms.Touch(detection, window);

        var expected = detection.Definition.IsRelative ? Learn(detection, window.Group, evidence.EventTime) : null;
        if (detection.Definition.IsRelative && expected is null && !selection.FiresUnlearned)
            return;

        var limit = Math.Max(threshold, expected is null ? 0 : (long)Math.Floor(expected.High) + 1);
        if (window.FindViolation(at, limit) is { } violation)
            alarms.Report(detection, window, violation, new Limit(limit, expected), watermark, changes.Now);
    }

    private static bool Add(DistinctWindow values, WindowKey key, long at, RecordId value, TurnChanges changes)
    {
        var isNew = values.Add(at, value);
        if (isNew)
            changes.Values.Add((key, values.SlotOf(at), value));
        return isNew;
    }

    private Expectation? Learn(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at)
    {
        Expectation? expectation = null;
        foreach (var part in knowledge)
        {
            part.Counted(detection, group, at);
            expectation ??= part.Expect(detection, group, at);
        }

        return expectation;
    }

    private (WindowKey Key, GroupWindow Window) WindowOf(ConfiguredDetection detection, DetectionGroup group)
    {
        var key = new WindowKey(detection.Definition.Id, group.Key);
        if (_windows.TryGetValue(key, out var window))
            return (key, window);

        if (_groups.GetValueOrDefault(key.Detection) >= options.MaxGroups && !group.IsOther)
            return WindowOf(detection, group.AsOther());

        return (key, Add(key, new GroupWindow(group, detection, [])));
    }

    private GroupWindow Add(WindowKey key, GroupWindow window)
    {
        if (_windows.TryAdd(key, window))
            _groups[key.Detection] = _groups.GetValueOrDefault(key.Detection) + 1;
        return window;
    }
}

/// <summary>What a group must reach to fire.</summary>
/// <param name="Threshold">The number.</param>
/// <param name="Expected">What would have been normal, for a detection that goes by that.</param>
internal sealed record Limit(long Threshold, Expectation? Expected);
