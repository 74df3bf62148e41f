using System.Globalization;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary>Where and when an attack is played.</summary>
/// <param name="World">The account.</param>
/// <param name="Scenario">Which one it is.</param>
/// <param name="At">When it begins.</param>
/// <param name="Length">How long it goes on.</param>
/// <param name="Records">How many records the thief has, numbered from <see cref="FirstRecord"/> on.</param>
internal sealed record Stage(World World, ScenarioInfo Scenario, DateTimeOffset At, TimeSpan Length, int Records)
{
    /// <summary>The first of the thief's records.</summary>
    public int FirstRecord { get; init; }

    /// <summary>How the thief with stolen Keys goes about it.</summary>
    public Pace Pace { get; init; }

    /// <summary>Whether Sentinel was told where the application calls from.</summary>
    public bool IsAddressKnown { get; init; }

    /// <summary>Whether Sentinel is past its learning period.</summary>
    public bool IsSetKnown { get; init; }

    /// <summary>Somebody who is no client of the application, with stolen Keys.</summary>
    public ApiClient Stranger { get; init; } = new($"address:{World.ElsewhereAddress}", 66);

    public Draws Draws(string purpose) => new(World.Seed, string.Create(CultureInfo.InvariantCulture, $"{Scenario.Id} {At.UtcTicks} {purpose}"));

    /// <summary>The records in random order.</summary>
    public int[] ShuffledRecords(string purpose)
    {
        var draws = Draws(purpose);
        int[] records = [.. Enumerable.Range(FirstRecord, Records)];
        for (var i = records.Length - 1; i > 0; i--)
        {
            var other = draws.Below(i + 1);
            (records[i], records[other]) = (records[other], records[i]);
        }

        return records;
    }

    /// <summary>An attack whose every step is part of it.</summary>
    public Plan Plan(IReadOnlyList<Step> steps, IReadOnlyList<string>? expected = null) => new(steps, [Span(steps, expected ?? Scenario.Expected)]);

    /// <summary>The attack that <paramref name="steps"/> are.</summary>
    public AttackSpan Span(IReadOnlyList<Step> steps, IReadOnlyList<string> expected)
    {
        var last = steps[^1].At;
        return steps[0].Actor is ApiClient client
            ? new(Scenario.Id, World.RoleArn(World.ApplicationRole), client.Name, At, last, steps[0].At, expected)
            : new(Scenario.Id, World.RoleArn(((RoleSession)steps[0].Actor).Role), null, At, last, steps[0].At, expected);
    }
}
