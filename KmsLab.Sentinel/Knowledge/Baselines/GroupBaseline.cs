using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>What one group of a detection normally does. Times are Unix milliseconds, the starts of buckets.</summary>
/// <param name="id">Its number.</param>
/// <param name="group">Whose.</param>
/// <param name="season">The week, in buckets.</param>
/// <param name="pace">How fast it learns.</param>
internal sealed class GroupBaseline(long id, DetectionGroup group, Season season, Pace pace)
{
    private readonly SeasonalModel _model = new(season, pace);
    private readonly Dictionary<long, long> _pending = [];
    private (long Start, Expectation Expectation)? _expected;

    public long Id => id;

    public DetectionGroup Group => group;

    /// <summary>The first bucket that it was seen in.</summary>
    public required long First { get; set; }

    /// <summary>The last bucket that it was seen in.</summary>
    public required long Active { get; set; }

    /// <summary>Buckets before this one are learned, or will never be.</summary>
    public required long LearnedTo { get; set; }

    /// <summary>As far as is written.</summary>
    public long WrittenTo { get; set; }

    public IEnumerable<long> Pending => _pending.Keys;

    /// <summary>Counts records of a bucket that is not learned yet.</summary>
    public void Count(long start, long records) => _pending[start] = _pending.GetValueOrDefault(start) + records;

    /// <summary>Whether enough is known at this bucket to judge by it.</summary>
    public bool IsLearned(long start, TimeSpan minimumHistory) => Math.Min(start, LearnedTo) - First >= (long)minimumHistory.TotalMilliseconds;

    /// <summary>Learns all buckets before <paramref name="end"/>, the silent ones too.</summary>
    /// <returns>Whether it was seen in any of them.</returns>
    public bool LearnTo(long end, TimeSpan minimumHistory)
    {
        var seen = false;
        for (; LearnedTo < end; LearnedTo += season.Length)
        {
            seen |= _pending.Remove(LearnedTo, out var records);
            if (LearnedTo >= First)
                _model.Learn(season.SlotOf(LearnedTo), records, IsLearned(LearnedTo, minimumHistory));
        }

        _expected = null;
        return seen;
    }

    /// <summary>Leaves out the buckets before <paramref name="end"/>: nobody saw whether anything happened in them.</summary>
    public void SkipTo(long end)
    {
        foreach (var start in _pending.Keys.Where(start => start < end).ToList())
            _pending.Remove(start);
        LearnedTo = Math.Max(LearnedTo, end);
        _expected = null;
    }

    /// <summary>What is normal in a window of <paramref name="buckets"/> buckets that ends with the one at <paramref name="start"/>.</summary>
    public Expectation Expect(long start, int buckets, string zone)
    {
        if (_expected is { } known && known.Start == start)
            return known.Expectation;

        var slot = season.SlotOf(start);
        var band = buckets == 1 ? _model.Forecast(slot) : ForecastOf(buckets);
        var expectation = new Expectation(Round(band.Low(pace.Deviations)), Round(band.High(pace.Deviations)), BasisOf(slot, buckets, zone));
        _expected = (start, expectation);
        return expectation;
    }

    /// <summary>All that was learned; the same bytes on every machine.</summary>
    public byte[] ToBytes() => _model.ToBytes();

    /// <summary>Takes over what <see cref="ToBytes"/> wrote.</summary>
    public void Restore(ReadOnlySpan<byte> bytes) => _model.Restore(bytes);

    /// <summary>Many buckets: their noises even out, an error of the level does not.</summary>
    private Band ForecastOf(int buckets)
    {
        const double LevelError = 0.15;
        var (mean, variance) = (0.0, 0.0);
        for (var slot = 0; slot < season.Slots; slot++)
        {
            var band = _model.Forecast(slot);
            (mean, variance) = (mean + band.Mean, variance + band.Variance);
        }

        var share = (double)buckets / season.Slots;
        return new(mean * share, (variance * share) + Math.Pow(LevelError * mean * share, 2));
    }

    private string BasisOf(int slot, int buckets, string zone)
    {
        var days = (LearnedTo - First) / TimeSpan.MillisecondsPerDay;
        var day = (DayOfWeek)(((slot / season.SlotsPerDay) + 1) % 7);
        var time = season.Bucket * (slot % season.SlotsPerDay);
        var of = (buckets, season.SlotsPerDay) switch
        {
            ( > 1, _) => FormattableString.Invariant($"an average of {buckets} days"),
            (_, 1) => $"{day}s",
            _ => FormattableString.Invariant($"{day}s at {time:hh\\:mm} {zone}"),
        };
        return FormattableString.Invariant($"{days} days of this group, for {of}");
    }

    private static double Round(double value) => Math.Round(value, 1);
}
