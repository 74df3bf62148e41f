using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>A service that reads for its customers, day and night.</summary>
internal sealed class ServiceClient(World world, Population population, VaultContents vault)
{
    private const double Share = 0.26;
    private const int Number = 50;

    private readonly Draws _draws = new(world.Seed, "service");
    private readonly WorkingSet _records = new(60, 0.001, vault, new(world.Seed, "service records"));

    public IEnumerable<Step> Steps(Day day)
    {
        foreach (var hour in day.Hours)
        {
            var calls = _draws.Poisson(population.CallsADay * Share * day.Level * Rhythm.Service(hour) * _draws.LogNormal(0.15));
            for (; calls > 0; calls--)
                yield return new(hour + _draws.Within(TimeSpan.FromHours(1)), new ApiClient("client:billing", Number), new ReadText(_records.Next()));
        }
    }
}
