using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>Each night at two: reads every record through the application, and encrypts the export under a key of its own.</summary>
internal sealed class NightlyBatch(World world, VaultContents vault)
{
    private const int RecordsAFile = 100;
    private const int Number = 51;

    private readonly Draws _draws = new(world.Seed, "batch");

    public IEnumerable<Step> Steps(Day day)
    {
        var at = day.Start.AddHours(2) + _draws.Within(TimeSpan.FromMinutes(4));
        for (var i = 0; i < vault.Records.Count; i++)
        {
            if (i % RecordsAFile == 0)
                yield return new(at, Cast.Batch, new UseKey("GenerateDataKey", World.Exports, ("export", "nightly")));
            at += TimeSpan.FromSeconds(0.3) + _draws.Exponential(TimeSpan.FromSeconds(0.4));
            yield return new(at, new ApiClient("client:nightly-batch", Number), new ReadText(vault.Records[i]));
        }
    }
}
