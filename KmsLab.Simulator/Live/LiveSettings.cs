namespace KmsLab.Simulator;

/// <summary>How a live run goes.</summary>
/// <param name="Seed">The same seed plans the same run.</param>
/// <param name="Speed">How many times faster than planned; null: <see cref="ScenarioInfo.LiveSpeed"/>.</param>
/// <param name="MaxCalls">The run ends after so many calls.</param>
public sealed record LiveSettings(int Seed = 1, double? Speed = null, int MaxCalls = 2000)
{
    /// <summary>How long it may take at most, by the clock on the wall. What was changed is put right after that, too.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How the thief with stolen Keys goes about it.</summary>
    public Pace Pace { get; init; } = Pace.Both;
}

/// <summary>How fast <c>attested-exfiltration</c> goes.</summary>
public enum Pace
{
    /// <summary>In bulk, then slowly.</summary>
    Both,

    /// <summary>All at once.</summary>
    Bulk,

    /// <summary>A few an hour.</summary>
    Slow,
}
