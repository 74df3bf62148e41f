namespace KmsLab.Sentinel.Sources;

/// <summary>What a pass has seen of how its events came: how many a minute, and how late.</summary>
internal sealed class PassTally
{
    private const int LongestLag = 3600;
    private const int Leave = 100;

    private readonly int[] _lags = new int[LongestLag + 1];
    private readonly Dictionary<DateTimeOffset, Volume> _minutes = [];

    /// <summary>Events by the minute of their stamps.</summary>
    public IReadOnlyDictionary<DateTimeOffset, Volume> Minutes => _minutes;

    public int Events { get; private set; }

    /// <summary>When the newest of them came.</summary>
    public DateTimeOffset? Newest { get; private set; }

    /// <summary>The time from stamp to coming that all but one in a hundred keep; null where there is none.</summary>
    public TimeSpan? Lag
    {
        get
        {
            if (Events == 0)
                return null;

            var left = Events / Leave;
            for (var second = LongestLag; ; second--)
            {
                left -= _lags[second];
                if (left < 0)
                    return TimeSpan.FromSeconds(second);
            }
        }
    }

    public void Add(IReadOnlyList<Arrival> arrivals)
    {
        foreach (var arrival in arrivals)
        {
            Events++;
            _lags[(int)Math.Clamp(Math.Ceiling((arrival.Ingested - arrival.At).TotalSeconds), 0, LongestLag)]++;
            if (!(arrival.Ingested <= Newest))
                Newest = arrival.Ingested;
            var minute = new DateTimeOffset(arrival.At.UtcTicks - (arrival.At.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
            _minutes[minute] = _minutes.GetValueOrDefault(minute).Plus(1, arrival.Bytes);
        }
    }
}

/// <summary>Records, and their bytes.</summary>
internal readonly record struct Volume(long Records, long Bytes)
{
    public Volume Plus(long records, long bytes) => new(Records + records, Bytes + bytes);

    /// <summary>The greater of both, each by itself.</summary>
    public Volume Max(Volume other) => new(Math.Max(Records, other.Records), Math.Max(Bytes, other.Bytes));
}
