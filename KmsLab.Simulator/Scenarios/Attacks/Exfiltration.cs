using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary><c>burst-exfiltration</c> and <c>slow-exfiltration</c>: a stolen session of the application's role, and a copy of its database.</summary>
internal static class Exfiltration
{
    private static readonly TimeSpan BetweenSlowReads = TimeSpan.FromMinutes(20);

    /// <summary>Everything, as fast as the length allows.</summary>
    public static Plan Burst(Stage stage)
    {
        var thief = Cast.Thief(stage.World);
        var interval = stage.Length / stage.Records;
        return stage.Plan([.. stage.ShuffledRecords("order").Select((record, i) => new Step(stage.At + (interval * i), thief, new DecryptStolen(record)))], Expected(stage));
    }

    /// <summary>A few an hour.</summary>
    public static Plan Slow(Stage stage)
    {
        var thief = Cast.Thief(stage.World);
        return stage.Plan([.. Patiently(stage, BetweenSlowReads).Select(read => new Step(read.At, thief, new DecryptStolen(read.Record)))], Expected(stage));
    }

    /// <summary>Times at random, each with another record until there are no more.</summary>
    public static IEnumerable<(DateTimeOffset At, int Record)> Patiently(Stage stage, TimeSpan interval)
    {
        var (records, draws) = (stage.ShuffledRecords("order"), stage.Draws("times"));
        var at = stage.At;
        for (var i = 0; at <= stage.At + stage.Length; i++, at += draws.Exponential(interval))
            yield return (at, records[i % records.Length]);
    }

    /// <summary>Where the application's addresses are known, others are news.</summary>
    private static IReadOnlyList<string> Expected(Stage stage) => stage.IsAddressKnown ? [.. stage.Scenario.Expected, "role-hijack"] : stage.Scenario.Expected;
}
