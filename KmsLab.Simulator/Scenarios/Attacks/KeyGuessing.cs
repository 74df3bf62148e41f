using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary><c>key-guessing</c>: the lab's own attack.</summary>
internal static class KeyGuessing
{
    private const int Guesses = 40;
    private const int Records = 5;

    public static Plan Plan(Stage stage)
    {
        var draws = stage.Draws("guesses");
        var records = stage.ShuffledRecords("order")[..Math.Min(Records, stage.Records)];
        var interval = stage.Length / Guesses;
        return stage.Plan([.. Enumerable.Range(0, Guesses).Select(i => new Step(stage.At + (interval * i), stage.Stranger, new ReadText(draws.Pick(records), WithWrongKey: true)))]);
    }
}
