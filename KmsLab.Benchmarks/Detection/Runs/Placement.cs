using KmsLab.Simulator;

namespace KmsLab.Benchmarks.Detection;

/// <summary>When attacks begin: at any minute of any day of the fourth and fifth week, by day, by night and at weekends; always the same for the same seed.</summary>
internal static class Placement
{
    /// <summary>The length of a run with one attack.</summary>
    private const int Days = 30;

    /// <summary>The administrator's busy weeks, in each run: the first, in which is learned what is usual, and the first in which attacks come.</summary>
    public static IReadOnlyList<TrailAttack> BusyWeeks { get; } = [new("busy-week", TimeSpan.Zero), new("busy-week", TimeSpan.FromDays(QuietDays))];

    /// <summary>Days before any attack: enough for detections that learn for 14 of them.</summary>
    public const int QuietDays = 21;

    /// <summary>The latest first day of what is over within a day.</summary>
    private const int LastDay = 28;

    /// <summary>The first day, a Monday. In the past, for a replay's clock never goes beyond the real one.</summary>
    public static readonly DateTimeOffset Start = new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The length of each run.</summary>
    /// <param name="together">Whether all attacks are in one run, each on a day of its own.</param>
    public static int DaysOf(bool together) => together ? QuietDays + AttackKind.All.Count + 1 : Days;

    /// <summary>One attack by itself.</summary>
    public static TrailAttack Alone(AttackKind kind, int seed)
    {
        var draws = DrawsOf(kind, seed);
        var days = Math.Min(LastDay, Days - (int)Math.Ceiling(kind.Length.TotalDays) - 1) - QuietDays + 1;
        return At(kind, QuietDays + draws.Next(days), draws);
    }

    /// <summary>All in one run: the longest from the first day on, one of the others each day.</summary>
    public static IReadOnlyList<TrailAttack> Together(int seed) =>
        [.. AttackKind.All.Select((kind, number) => At(kind, QuietDays + Math.Max(0, number - 1), DrawsOf(kind, seed)))];

    // A seeded Random keeps its sequence; a string's own hash code differs from process to process.
    private static Random DrawsOf(AttackKind kind, int seed) => new((seed * 7919) + kind.Id.Sum(c => c * 31));

    private static TrailAttack At(AttackKind kind, int day, Random draws) =>
        new(kind.Scenario.Id, TimeSpan.FromDays(day) + TimeSpan.FromMinutes(draws.Next(23 * 60))) { Length = kind.Length, Pace = kind.Pace };
}
