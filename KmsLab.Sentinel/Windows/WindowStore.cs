using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Windows;

/// <summary>
/// The windows of all groups of all detections: the tables <c>detection_group</c>, <c>detection_count</c> and <c>detection_value</c>. Beyond the limit of
/// groups of a detection, new ones share one.
/// </summary>
internal sealed class WindowStore(
    DetectionCatalog catalog, IEnumerable<IWindowBaseline> baselines, IWindowWatcher alarms, WindowOptions options, TurnOptions turns) : ITurnPart
{
    private readonly IWindowBaseline[] _baselines = [.. baselines];
    private readonly Dictionary<WindowKey, GroupWindow> _windows = [];
    private readonly Dictionary<string, int> _groups = [];
    private readonly HashSet<GroupWindow> _changed = [];
    private readonly Dictionary<(GroupWindow Window, long At), long> _records = [];
    private readonly List<(WindowKey Window, long SlotAt, RecordId Value)> _values = [];
    private DateTimeOffset _now;

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (detection, group, members, evidence) in await QueryAsync<(string, string, string, string)>(
            "SELECT detection, group_key, members, evidence FROM detection_group"))
        {
            Restore(new(detection, group), StoredJson.GroupOf(members), StoredJson.EvidenceOf(evidence));
        }

        foreach (var (detection, group, at, records) in await QueryAsync<(string, string, long, long)>(
            "SELECT detection, group_key, at, records FROM detection_count ORDER BY at"))
        {
            _windows.GetValueOrDefault(new(detection, group))?.Counts.Add(at, records);
        }

        foreach (var (detection, group, at, value) in await QueryAsync<(string, string, long, byte[])>(
            "SELECT detection, group_key, slot_at, value FROM detection_value ORDER BY slot_at"))
        {
            _windows.GetValueOrDefault(new(detection, group))?.Values?.Add(at, RecordId.FromBytes(value));
        }

        Task<IEnumerable<T>> QueryAsync<T>(string sql) => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken));
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _now = now;
        return Task.CompletedTask;
    }

    /// <summary>Counts a record for every detection that it concerns, and reports those whose threshold it reaches.</summary>
    public void Judge(Observation observation, TurnMoment moment)
    {
        if (observation.IsOwnRefusal)
            return;

        foreach (var detection in catalog.Active)
        {
            Judge(detection, detection.Definition.Select(observation), observation, moment);
            Judge(detection, detection.Definition.SelectAlso?.Invoke(observation), observation, moment);
        }
    }

    /// <summary>Counts what Sentinel saw itself.</summary>
    public void Judge(Finding finding, TurnMoment moment)
    {
        if (catalog.FindActive(finding.Detection) is { } detection)
            Count(detection, new Selection(finding.Group, finding.Detail), Evidence.Of(finding), detection.Settings.Threshold, moment);
    }

    /// <summary>Takes back a record that CloudTrail corrected, from the windows that still show it and from the evidence of their alarms.</summary>
    public void Withdraw(Withdrawal withdrawal)
    {
        foreach (var window in _windows.Values)
        {
            if (window.Withdraw(withdrawal.EventId) is not { } evidence)
                continue;

            CountRecord(window, evidence.EventTime.ToUnixTimeMilliseconds(), -1);
            _changed.Add(window);
        }

        alarms.Withdraw(withdrawal.EventId);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "detection_group (detection, group_key, members, evidence, last_at)",
            "ON CONFLICT (detection, group_key) DO UPDATE SET evidence = excluded.evidence, last_at = excluded.last_at",
            _changed.Select(window => new object[]
            {
                window.Key.Detection, window.Key.Group, StoredJson.TextOf(window.Group), StoredJson.TextOf(window.Evidence),
                (window.Evidence is [.., var last] ? last.EventTime : _now).ToUnixTimeMilliseconds(),
            }),
            cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "detection_count (detection, group_key, at, records)",
            "ON CONFLICT (detection, group_key, at) DO UPDATE SET records = detection_count.records + excluded.records",
            _records.Select(count => new object[] { count.Key.Window.Key.Detection, count.Key.Window.Key.Group, count.Key.At, count.Value }), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "detection_value (detection, group_key, slot_at, value)", "ON CONFLICT DO NOTHING",
            _values.Select(value => new object[] { value.Window.Detection, value.Window.Group, value.SlotAt, value.Value.ToBytes() }), cancellationToken);
    }

    public void Committed()
    {
        _changed.Clear();
        _records.Clear();
        _values.Clear();
    }

    /// <summary>Deletes what no window can need any more: records from before the retention are too late to be counted.</summary>
    public async Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var floor = now - turns.Retention;
        foreach (var detection in catalog.All)
            await PruneAsync(writes, detection, floor - detection.Settings.Span, cancellationToken);
        Prune(floor);
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

    private static Task<int> PruneAsync(LeaderWrites writes, ConfiguredDetection detection, DateTimeOffset floor, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM detection_count WHERE detection = @id AND at < @floor;
            DELETE FROM detection_value WHERE detection = @id AND slot_at < @floor;
            DELETE FROM detection_group WHERE detection = @id AND last_at < @floor;
            """,
            new { id = detection.Definition.Id, floor = floor.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    /// <summary>A group's window, as it was committed; its detection may no longer be on.</summary>
    private void Restore(WindowKey key, DetectionGroup group, IEnumerable<Evidence> evidence)
    {
        if (catalog.FindActive(key.Detection) is { } detection)
            Add(new GroupWindow(key, group, detection, evidence));
    }

    private void Judge(ConfiguredDetection detection, Selection? selected, Observation observation, TurnMoment moment)
    {
        if (selected is { } selection && detection.Settings.ThresholdFor(observation) is { } threshold)
            Count(detection, selection, Evidence.Of(observation, selection.Detail), selection.IsEnough ? 1 : Math.Min(threshold, selection.Threshold ?? threshold), moment);
    }

    private void Count(ConfiguredDetection detection, Selection selection, Evidence evidence, long threshold, TurnMoment moment)
    {
        var at = evidence.EventTime.ToUnixTimeMilliseconds();
        var window = WindowOf(detection, selection.Group);
        if (window.Values is { } values && !Add(values, window.Key, at, RecordId.Hash(selection.Value ?? "")))
            return;

        window.Add(evidence);
        CountRecord(window, at, 1);
        _changed.Add(window);
        alarms.Touch(detection, window, evidence);

        var expected = detection.Definition.IsRelative ? Learn(detection, window.Group, evidence.EventTime) : null;
        if (detection.Definition.IsRelative && expected is null && !selection.FiresUnlearned)
            return;

        var limit = Math.Max(threshold, expected is null ? 0 : (long)Math.Floor(expected.High) + 1);
        if (window.FindViolation(at, limit) is { } violation)
            alarms.Report(detection, window, violation, new Limit(limit, expected, detection.Settings.Window), moment);
        else if (detection.Settings.Slow is { } slow && Math.Max(threshold, slow.Threshold) is var most && window.Counts.FindViolation(at, slow.Window, most) is { } steady)
            alarms.Report(detection, window, steady, new Limit(most, null, slow.Window), moment);
    }

    private void CountRecord(GroupWindow window, long at, long records) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_records, (window, at), out _) += records;

    private bool Add(DistinctWindow values, WindowKey key, long at, RecordId value)
    {
        var isNew = values.Add(at, value);
        if (isNew)
            _values.Add((key, values.SlotOf(at), value));
        return isNew;
    }

    private Expectation? Learn(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at)
    {
        Expectation? expectation = null;
        foreach (var baseline in _baselines)
        {
            baseline.Counted(detection, group, at);
            expectation ??= baseline.Expect(detection, group, at);
        }

        return expectation;
    }

    private GroupWindow WindowOf(ConfiguredDetection detection, DetectionGroup group)
    {
        var key = new WindowKey(detection.Definition.Id, group.Key);
        if (_windows.TryGetValue(key, out var window))
            return window;

        return _groups.GetValueOrDefault(key.Detection) >= options.MaxGroups && !group.IsOther
            ? WindowOf(detection, group.AsOther())
            : Add(new GroupWindow(key, group, detection, []));
    }

    private GroupWindow Add(GroupWindow window)
    {
        if (_windows.TryAdd(window.Key, window))
            _groups[window.Key.Detection] = _groups.GetValueOrDefault(window.Key.Detection) + 1;
        return window;
    }
}

/// <summary>What a group must reach to fire.</summary>
/// <param name="Threshold">The number.</param>
/// <param name="Expected">What would have been normal, for a detection that goes by that.</param>
/// <param name="Window">Within which time.</param>
internal sealed record Limit(long Threshold, Expectation? Expected, TimeSpan Window);
