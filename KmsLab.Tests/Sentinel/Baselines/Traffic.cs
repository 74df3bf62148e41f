namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>Who makes the traffic.</summary>
internal enum Habit
{
    /// <summary>People at work: office hours on weekdays, a lunch break, days that are busier than others, little at night and at weekends.</summary>
    Office,

    /// <summary>Customers round the clock, fewest at night, fewer at weekends.</summary>
    Service,

    /// <summary>Nothing but a batch each night, which starts a bit sooner or later.</summary>
    NightlyBatch,

    /// <summary>People by day and a batch at night.</summary>
    OfficeAndBatch,

    /// <summary>A report each Sunday, and otherwise next to nothing.</summary>
    WeeklyReport,

    /// <summary>Somebody who reads now and then, a few records at a time.</summary>
    Occasional,

    /// <summary>A worker on a queue: mostly little, with heavy-tailed bursts at any time.</summary>
    Bursty,
}

/// <summary>Hourly counts of one group, from Monday's midnight on, always the same for the same seed.</summary>
/// <remarks>
/// Each hour is Poisson about a mean that is the habit's, times a lognormal day (everybody is busy, or on holiday) and a lognormal hour (counts of real
/// traffic stray by more than Poisson's noise), times growth.
/// </remarks>
internal sealed class Traffic(Habit habit, int seed)
{
    /// <summary>Of the week: the level rises by this share of itself.</summary>
    public double WeeklyGrowth { get; init; } = 0.03;

    /// <summary>Standard deviation of the logarithm, of days and of hours.</summary>
    public double DayNoise { get; init; } = 0.15;

    public double HourNoise { get; init; } = 0.2;

    /// <summary>Records in a busy hour.</summary>
    public double Volume { get; init; } = 200;

    public long[] Hours(int weeks)
    {
        var random = new Random(seed);
        var hours = new long[weeks * 168];
        var day = 1.0;
        for (var hour = 0; hour < hours.Length; hour++)
        {
            if (hour % 24 == 0)
                day = LogNormal(random, DayNoise);
            var mean = Volume * Mean(hour % 168, random) * day * LogNormal(random, HourNoise) * Math.Pow(1 + WeeklyGrowth, hour / 168.0);
            hours[hour] = Poisson(random, mean);
        }

        return hours;
    }

    private double Mean(int hourOfWeek, Random random)
    {
        var (day, hour) = (hourOfWeek / 24, hourOfWeek % 24);
        return habit switch
        {
            Habit.Office => Office(day, hour),
            Habit.Service => (day < 5 ? 1 : 0.6) * (0.55 - (0.45 * Math.Cos((hour - 3) * Math.PI / 12))),
            Habit.NightlyBatch => Batch(hour, random),
            Habit.OfficeAndBatch => (0.2 * Office(day, hour)) + Batch(hour, random),
            Habit.WeeklyReport => day == 6 && hour is 4 or 5 ? 5 : 0.002,
            Habit.Occasional => random.NextDouble() < (day < 5 && hour is > 7 and < 19 ? 0.1 : 0.01) ? 0.03 : 0,
            Habit.Bursty => random.NextDouble() < 0.05 ? 0.2 * Math.Pow(1 - random.NextDouble(), -0.4) : 0.02,
            _ => throw new ArgumentOutOfRangeException(nameof(hourOfWeek)),
        };
    }

    private static double Office(int day, int hour) => (day < 5, hour) switch
    {
        (false, _) => 0.02,
        (_, < 7 or > 19) => 0.02,
        (_, 7 or 19) => 0.25,
        (_, 12) => 0.6,
        _ => 1,
    };

    /// <summary>From two o'clock on for about an hour and a half.</summary>
    private static double Batch(int hour, Random random) => hour switch
    {
        2 => 10 + random.NextDouble(),
        3 => 4 + random.NextDouble(),
        _ => 0,
    };

    private static double LogNormal(Random random, double deviation) => Math.Exp((deviation * Normal(random)) - (deviation * deviation / 2));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static long Poisson(Random random, double mean)
    {
        if (mean > 50)
            return Math.Max(0, (long)Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));

        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0L);
        for (; product > limit; count++)
            product *= random.NextDouble();
        return count;
    }
}
