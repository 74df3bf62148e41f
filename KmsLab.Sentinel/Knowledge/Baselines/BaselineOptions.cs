using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>The section <c>Sentinel:Baselines</c>: how Sentinel learns what is normal. docs/baselines.md says what each does.</summary>
internal sealed class BaselineOptions
{
    /// <summary>
    /// Counted from a protected set's first record: who uses it and what they read is taken for normal, and nothing new is reported. Zero: nothing is
    /// taken for normal.
    /// </summary>
    public TimeSpan LearningPeriod { get; set; } = TimeSpan.FromDays(7);

    /// <summary>What a group must have shown of itself before departures from it are reported.</summary>
    public TimeSpan MinimumHistory { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How far from the mean, in standard deviations, is still normal: larger for fewer false alarms.</summary>
    public double Deviations { get; set; } = 5;

    /// <summary>After it, a week counts half.</summary>
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(21);

    /// <summary>After it, an hour counts half for the level, which carries growth and lasting change.</summary>
    public TimeSpan LevelHalfLife { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long after the watermark has passed it a bucket is learned: what comes later is counted and judged, and not learned.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromHours(6);

    /// <summary>The IANA name of the time zone whose week people keep, such as <c>Europe/Madrid</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Groups of a detection whose week is learned; further ones stay unlearned.</summary>
    public int MaxGroups { get; set; } = 20_000;

    /// <summary>A group that did nothing for so long is forgotten.</summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How many records that somebody read are remembered, over all readers.</summary>
    public int MaxRecords { get; set; } = 2_000_000;

    public TimeZoneInfo Zone => TimeZone == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>The length of the buckets in which a detection's groups are learned: its window, or a day where that is longer.</summary>
    public static TimeSpan BucketOf(ConfiguredDetection detection) => detection.Settings.Window < Day ? detection.Settings.Window : Day;

    /// <summary>How fast a detection's groups are learned: what is to be found in weeks must not be learned in days.</summary>
    public Pace PaceOf(ConfiguredDetection detection)
    {
        var window = detection.Settings.Window;
        return new(HalfLife > 2 * window ? HalfLife : 2 * window, LevelHalfLife > window ? LevelHalfLife : window, Deviations);
    }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Validate(TimeSpan retention, IReadOnlyDictionary<string, DetectionOverrides> detections)
    {
        const string At = "Sentinel:Baselines";
        if (LearningPeriod < TimeSpan.Zero)
            yield return $"{At}:LearningPeriod must not be negative; 00:00:00 takes nobody for known";
        if (MinimumHistory < Week)
            yield return $"{At}:MinimumHistory must be at least 7.00:00:00: a week has to be seen once";
        if (!(Deviations is >= 2 and <= 20))
            yield return $"{At}:Deviations must be from 2 to 20";
        if (HalfLife < Week)
            yield return $"{At}:HalfLife must be at least 7.00:00:00";
        if (LevelHalfLife < Day || LevelHalfLife > HalfLife)
            yield return $"{At}:LevelHalfLife must be at least 1.00:00:00 and at most HalfLife";
        if (Delay < TimeSpan.Zero || Delay > retention)
            yield return $"{At}:Delay must not be negative nor more than Sentinel:Retention";
        if (MaxGroups < 1)
            yield return $"{At}:MaxGroups must be at least 1";
        if (MaxRecords < 1)
            yield return $"{At}:MaxRecords must be at least 1";
        if (ForgetAfter < MinimumHistory)
            yield return $"{At}:ForgetAfter must be at least MinimumHistory";
        if (TimeZone != "UTC" && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return $"{At}:TimeZone '{TimeZone}' is not known here: use an IANA name such as Europe/Madrid, and an image that has tzdata, or UTC";
        foreach (var error in ValidateWindows(detections))
            yield return error;
    }

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15);

    private static IEnumerable<string> ValidateWindows(IReadOnlyDictionary<string, DetectionOverrides> detections)
    {
        foreach (var definition in DetectionCatalog.BuiltIn.Where(definition => definition.IsRelative))
        {
            var window = detections.GetValueOrDefault(definition.Id)?.Window ?? definition.Defaults.Window;
            var learnable = window < Day ? window >= Shortest && Day.Ticks % window.Ticks == 0 : window.Ticks % Day.Ticks == 0;
            if (!learnable)
                yield return $"Sentinel:Detections:{definition.Id}:Window must divide a day, from 00:15:00 on, or be whole days: that is how a week is learned";
        }
    }
}
