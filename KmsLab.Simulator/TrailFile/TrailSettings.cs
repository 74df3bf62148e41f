namespace KmsLab.Simulator;

/// <summary>What is written to files.</summary>
/// <param name="Seed">The same seed writes the same records, but for the signatures: ECDSA's are random.</param>
/// <param name="Start">The first instant; midnight UTC is best, for Sentinel's days begin there.</param>
/// <param name="Days">How many days of normal traffic.</param>
/// <param name="Attacks">Attacks, and busy weeks, on top of it, each at its own time.</param>
public sealed record TrailSettings(int Seed, DateTimeOffset Start, int Days, IReadOnlyList<TrailAttack> Attacks)
{
    /// <summary>How many calls a weekday has, about; a day at the weekend has fewer.</summary>
    public int CallsADay { get; init; } = 5000;

    /// <summary>How many records the vault has at the start.</summary>
    public int Records { get; init; } = 400;

    /// <summary>How many people's programs read from the vault.</summary>
    public int OfficeClients { get; init; } = 12;

    /// <summary>How much the traffic grows in a week: 0.01 is one percent.</summary>
    public double WeeklyGrowth { get; init; } = 0.01;

    /// <summary>Whether there is normal traffic at all: without it only the attacks are written.</summary>
    public bool WithNormal { get; init; } = true;
}

/// <summary>An attack, or a busy week, in a trail of files.</summary>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="At">When it begins, counted from the trail's start.</param>
public sealed record TrailAttack(string Scenario, TimeSpan At)
{
    /// <summary>How long it goes on; null: <see cref="ScenarioInfo.Length"/>.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>How the thief with stolen Keys goes about it.</summary>
    public Pace Pace { get; init; } = Pace.Both;
}
