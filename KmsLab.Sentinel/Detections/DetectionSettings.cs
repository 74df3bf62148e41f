using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>What a detection does.</summary>
internal enum DetectionMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Its alarms are recorded and shown, and nobody is notified.</summary>
    DryRun,

    /// <summary>Its alarms are recorded and notified.</summary>
    On,
}

/// <summary>What is too much in the long run: <paramref name="Threshold"/> records in any span shorter than <paramref name="Window"/>.</summary>
internal sealed record SlowLimit(int Threshold, TimeSpan Window);

/// <summary>What may be tuned: it fires when a group has <paramref name="Threshold"/> records in any span shorter than <paramref name="Window"/>.</summary>
internal sealed record DetectionSettings(DetectionMode Mode, int Threshold, TimeSpan Window)
{
    /// <summary>Hysteresis: an alarm goes on while a window holds this many. The same as the threshold where there is none.</summary>
    public int ClearThreshold { get; init; } = Threshold;

    /// <summary>M of M-of-N: how many of <see cref="Periods"/> must reach the threshold. With 1 of 1, any span of one window's length counts.</summary>
    public int Datapoints { get; init; } = 1;

    /// <summary>N of M-of-N: so many windows of <see cref="Window"/>, side by side and aligned to the epoch, are looked at together.</summary>
    public int Periods { get; init; } = 1;

    /// <summary>Principals and keys that are judged otherwise.</summary>
    public IReadOnlyList<DetectionException> Exceptions { get; init; } = [];

    /// <summary>Records that are not to be counted.</summary>
    public IReadOnlyList<Suppression> Suppressions { get; init; } = [];

    /// <summary>A second, long span, for what goes on steadily below the threshold; null where there is none.</summary>
    public SlowLimit? Slow { get; init; }

    /// <summary>How far around a record its window reaches.</summary>
    public TimeSpan Span => Slow is { } slow && slow.Window > Window * Periods ? slow.Window : Window * Periods;

    /// <summary>What is to be done with a record that was selected.</summary>
    /// <returns>The threshold that holds for it, or null when it is not to be counted at all.</returns>
    public int? ThresholdFor(Observation observation)
    {
        if (Suppressions.Any(suppression => suppression.Covers(observation)))
            return null;

        return Exceptions.FirstOrDefault(exception => exception.Covers(observation)) is { } exception ? exception.Threshold : Threshold;
    }
}
