namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>Where in the week a bucket stands.</summary>
/// <param name="bucket">The buckets' length: it divides a day. Buckets are aligned to the epoch.</param>
/// <param name="zone">People keep the hours of their clocks, summer time included.</param>
internal sealed class Season(TimeSpan bucket, TimeZoneInfo zone)
{
    private readonly long _length = (long)bucket.TotalMilliseconds;

    /// <summary>Buckets a day.</summary>
    public int SlotsPerDay { get; } = (int)(TimeSpan.TicksPerDay / bucket.Ticks);

    /// <summary>Buckets a week.</summary>
    public int Slots => 7 * SlotsPerDay;

    /// <summary>Times of day, of weekdays and of weekends.</summary>
    public int Cells => 2 * SlotsPerDay;

    public TimeSpan Bucket => bucket;

    public long Length => _length;

    /// <summary>The bucket that holds an instant, in Unix milliseconds.</summary>
    public long StartOf(long at) => at - (((at % _length) + _length) % _length);

    /// <summary>The slot of the week of a bucket, from Monday's midnight.</summary>
    public int SlotOf(long start)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(start);
        var local = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime ? at.DateTime : TimeZoneInfo.ConvertTime(at, zone).DateTime;
        return (((int)local.DayOfWeek + 6) % 7 * SlotsPerDay) + (int)(local.TimeOfDay.Ticks / bucket.Ticks);
    }

    /// <summary>The time of day, on a weekday or at a weekend, that a slot of the week stands for.</summary>
    public int CellOf(int slot) => (slot % SlotsPerDay) + (IsWeekend(slot) ? SlotsPerDay : 0);

    /// <summary>The slots of the week that share a cell.</summary>
    public IEnumerable<int> SlotsOf(int cell)
    {
        for (var slot = cell % SlotsPerDay; slot < Slots; slot += SlotsPerDay)
        {
            if (CellOf(slot) == cell)
                yield return slot;
        }
    }

    private bool IsWeekend(int slot) => slot >= 5 * SlotsPerDay;
}
