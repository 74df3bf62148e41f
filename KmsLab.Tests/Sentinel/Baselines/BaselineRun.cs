using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>One group's counts, bucket after bucket, through the baselines of a detection: what is expected, and what fires.</summary>
internal sealed class BaselineRun
{
    public static readonly DateTimeOffset Monday = new(2026, 9, 7, 0, 0, 0, TimeSpan.Zero);

    private readonly ConfiguredDetection _detection;
    private readonly BaselineOptions _options;
    private readonly DetectionBaselines _baselines;
    private readonly DetectionGroup _group = new([new("set", "vault"), new("principal", "somebody")]);
    private readonly List<long> _window = [];
    private long _ids;

    public BaselineRun(DetectionDefinition? definition = null, BaselineOptions? options = null)
    {
        var what = definition ?? DecryptRateAnomaly.Definition;
        _detection = new(what, what.Defaults);
        _options = options ?? new();
        _baselines = new(_detection, _options, TimeSpan.FromHours(50));
    }

    /// <summary>The next bucket's start.</summary>
    public DateTimeOffset At { get; private set; } = Monday;

    /// <summary>The starts of buckets whose windows reached the limit.</summary>
    public List<DateTimeOffset> Fired { get; } = [];

    /// <summary>What is expected of the bucket that comes next.</summary>
    public Expectation? Next => _baselines.Expect(_group, At.ToUnixTimeMilliseconds());

    /// <summary>Takes the next bucket.</summary>
    /// <returns>Whether it fired.</returns>
    public bool Take(long records)
    {
        for (var record = 0L; record < records; record++)
            _baselines.Count(_group, At.ToUnixTimeMilliseconds(), () => ++_ids);

        _window.Add(records);
        var expected = records > 0 ? Next : null;
        var fires = expected is not null && _window.TakeLast(BucketsOfWindow).Sum() >= Math.Max(_detection.Settings.Threshold, Math.Floor(expected.High) + 1);
        if (fires)
            Fired.Add(At);

        At += _baselines.Season.Bucket;
        _baselines.LearnTo(At - _options.Delay);
        return fires;
    }

    /// <returns>How many fired.</returns>
    public int Take(IEnumerable<long> counts) => counts.Count(Take);

    private int BucketsOfWindow => (int)(_detection.Settings.Window / _baselines.Season.Bucket);
}
