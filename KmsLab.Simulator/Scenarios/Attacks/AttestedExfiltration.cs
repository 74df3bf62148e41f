using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary><c>attested-exfiltration</c>: with stolen names and Keys the application itself hands out the texts. Each call is good; their number isn't.</summary>
internal static class AttestedExfiltration
{
    /// <summary>What a reader may read a day, or read anew in 30 days, before decrypt-spread and decrypt-spread-slow look at it.</summary>
    private const int SpreadThreshold = 200;

    private static readonly TimeSpan BulkLength = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenSlowReads = TimeSpan.FromMinutes(20);

    /// <summary>Slowly first, then all at once; or only one of them.</summary>
    public static Plan Plan(Stage stage) => stage.Pace switch
    {
        Pace.Bulk => Bulk(stage),
        Pace.Slow => Slow(stage),
        _ => Plans.Plan.Merge([Slow(stage with { Length = stage.Length - BulkLength }), Bulk(stage with { At = stage.At + stage.Length - BulkLength + TimeSpan.FromSeconds(1) })]),
    };

    private static Plan Bulk(Stage stage)
    {
        var interval = BulkLength / stage.Records;
        Step[] steps = [.. stage.ShuffledRecords("bulk").Select((record, i) => Read(stage, stage.At + (interval * i), record))];
        // Across midnight the day's count begins anew.
        return stage.Plan(steps, Expected(stage, steps.Where(step => step.At.Date == steps[0].At.Date), "decrypt-spread"));
    }

    private static Plan Slow(Stage stage)
    {
        Step[] steps = [.. Exfiltration.Patiently(stage, BetweenSlowReads).Select(read => Read(stage, read.At, read.Record))];
        return stage.Plan(steps, Expected(stage, steps, "decrypt-spread-slow"));
    }

    private static Step Read(Stage stage, DateTimeOffset at, int record) => new(at, stage.Stranger, new ReadText(record));

    /// <summary>A client that comes when the others are known is judged by the threshold; before that, everybody is new.</summary>
    private static string[] Expected(Stage stage, IEnumerable<Step> steps, string detection) =>
        stage.IsSetKnown && steps.Select(step => ((ReadText)step.Act).Record).Distinct().Count() >= SpreadThreshold ? [detection] : [];
}
