using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>The baselines of one detection's groups. Times are Unix milliseconds.</summary>
/// <remarks>
/// A bucket is learned once, for all groups, when the watermark has passed its end by the delay. Until then its records only count; so the order in which
/// they come does not matter. A window of many buckets is judged by what was known before it began: what it is to find must not have taught what is
/// normal, so learning is behind by the window's length. Groups that were silent in it learn a zero in memory and are not written: read back, they catch up.
/// </remarks>
internal sealed class DetectionBaselines(ConfiguredDetection detection, BaselineOptions options, TimeSpan retention)
{
    private const long CatchUp = 7 * TimeSpan.MillisecondsPerDay;

    private readonly Season _season = new(BaselineOptions.BucketOf(detection), options.Zone);
    private readonly Dictionary<string, GroupBaseline> _groups = [];
    private readonly HashSet<GroupBaseline> _changed = [];
    private readonly Dictionary<(long Id, long At), long> _counted = [];
    private readonly List<long> _forgotten = [];
    private (DetectionGroup Group, GroupBaseline? Baseline)? _latest;

    public string Detection => detection.Definition.Id;

    public Season Season => _season;

    /// <summary>Up to where everything is learned; null before the first watermark.</summary>
    public long? LearnedTo { get; private set; }

    public bool HasChanges => Moved || _changed.Count > 0 || _counted.Count > 0 || _forgotten.Count > 0;

    /// <summary>Whether <see cref="LearnedTo"/> has changed since it was written.</summary>
    public bool Moved { get; private set; }

    public IReadOnlyCollection<GroupBaseline> Changed => _changed;

    public IReadOnlyDictionary<(long Id, long At), long> Counted => _counted;

    public IReadOnlyList<long> Forgotten => _forgotten;

    private TimeSpan Lag => detection.Settings.Window - _season.Bucket;

    /// <summary>How many buckets the detection's window has.</summary>
    private int Buckets => (int)(detection.Settings.Window / _season.Bucket);

    /// <summary>Goes on from what is committed.</summary>
    public void Restore(long learnedTo) => LearnedTo = learnedTo;

    /// <summary>Reads a group back, and lets it catch up with the silence since it was written.</summary>
    /// <param name="group">The group.</param>
    /// <param name="isRenamed">Whether it is written under another name, and has to be written anew.</param>
    public void Restore(GroupBaseline group, bool isRenamed = false)
    {
        if (LearnedTo is { } end)
            group.LearnTo(end, options.MinimumHistory);

        // Two Regions of a key: the one that was known longer says more.
        if (_groups.TryGetValue(group.Group.Key, out var other))
        {
            var (kept, gone) = group.First < other.First ? (group, other) : (other, group);
            _groups.Remove(group.Group.Key);
            _changed.Remove(gone);
            _forgotten.Add(gone.Id);
            group = kept;
        }

        Add(group);
        if (isRenamed)
            _changed.Add(group);
    }

    /// <summary>A record of a group was counted.</summary>
    public void Count(DetectionGroup group, long at, Func<long> nextId)
    {
        var start = _season.StartOf(at);
        if (BaselineOf(group, start, nextId) is not { } baseline)
            return;

        if (start < baseline.First || start > baseline.Active)
            Widen(baseline, start);

        // Learned already: the window judges it, the baseline takes no notice.
        if (start >= baseline.LearnedTo)
            baseline.Count(start, 1);
        _counted[(baseline.Id, start)] = _counted.GetValueOrDefault((baseline.Id, start)) + 1;
    }

    /// <summary>What is normal for a group.</summary>
    /// <returns>Null when too little is known to say.</returns>
    public Expectation? Expect(DetectionGroup group, long at)
    {
        var baseline = Find(group);
        if (baseline is null || !baseline.IsLearned(_season.StartOf(at), options.MinimumHistory))
            return null;

        return baseline.Expect(_season.StartOf(at), Buckets, options.TimeZone);
    }

    /// <summary>Learns the buckets that the watermark has passed.</summary>
    public void LearnTo(DateTimeOffset complete)
    {
        var end = _season.StartOf((complete - Lag).ToUnixTimeMilliseconds());
        var from = LearnedTo ?? _groups.Values.SelectMany(group => group.Pending).Append(end).Min();
        if (end <= from && LearnedTo is not null)
            return;

        // Records older than the retention were never counted: silence there says nothing.
        if (Lag == TimeSpan.Zero && end - from > (long)(retention + _season.Bucket).TotalMilliseconds)
            Skip(end - _season.StartOf((long)retention.TotalMilliseconds));
        foreach (var group in _groups.Values)
        {
            // The silent ones are written now and then, so that there is not too much to catch up with.
            if (group.LearnTo(end, options.MinimumHistory) || end - group.WrittenTo >= CatchUp)
                _changed.Add(group);
        }

        Forget(end - (long)options.ForgetAfter.TotalMilliseconds);
        LearnedTo = Math.Max(LearnedTo ?? end, end);
        Moved = true;
    }

    /// <summary>All changes are written.</summary>
    public void Written()
    {
        foreach (var group in _changed)
            group.WrittenTo = group.LearnedTo;
        _changed.Clear();
        _counted.Clear();
        _forgotten.Clear();
        Moved = false;
    }

    private GroupBaseline? BaselineOf(DetectionGroup group, long start, Func<long> nextId)
    {
        if (Find(group) is { } known)
            return known;
        if (_groups.Count >= options.MaxGroups)
            return null;

        var baseline = new GroupBaseline(nextId(), group, _season, options.PaceOf(detection)) { First = start, Active = start, LearnedTo = LearnedTo ?? start };
        Add(baseline);
        _changed.Add(baseline);
        return baseline;
    }

    /// <summary>A record is counted and judged at once, for the same group: it is looked up once.</summary>
    private GroupBaseline? Find(DetectionGroup group)
    {
        if (_latest is { } latest && ReferenceEquals(latest.Group, group))
            return latest.Baseline;

        var baseline = _groups.GetValueOrDefault(group.Key);
        _latest = (group, baseline);
        return baseline;
    }

    private void Add(GroupBaseline group)
    {
        _groups.Add(group.Group.Key, group);
        _latest = null;
    }

    private void Widen(GroupBaseline group, long start)
    {
        group.First = Math.Min(group.First, start);
        group.Active = Math.Max(group.Active, start);
        if (LearnedTo is null)
            group.LearnedTo = group.First;
        _changed.Add(group);
    }

    private void Skip(long end)
    {
        foreach (var group in _groups.Values)
        {
            group.SkipTo(end);
            _changed.Add(group);
        }
    }

    private void Forget(long floor)
    {
        foreach (var group in _groups.Values.Where(group => group.Active < floor).ToList())
        {
            _groups.Remove(group.Group.Key);
            _changed.Remove(group);
            _forgotten.Add(group.Id);
            _latest = null;
        }
    }
}
