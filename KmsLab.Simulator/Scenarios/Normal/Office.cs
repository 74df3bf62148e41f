using System.Globalization;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>Everybody in the office.</summary>
internal sealed class Office
{
    /// <summary>Of a weekday's calls.</summary>
    private const double Share = 0.36;

    private const double MistakesADay = 4.5;
    private const int RecordsEach = 30;
    private const double Curiosity = 0.012;

    private readonly OfficeClient[] _clients;
    private readonly Draws _mistakes;

    public Office(World world, Population population, VaultContents vault)
    {
        var weights = new Draws(world.Seed, "office weights");
        var weight = Enumerable.Range(0, population.OfficeClients).Select(_ => weights.LogNormal(0.5)).ToArray();
        _clients = [.. weight.Select((own, number) => Client(world, number, population.CallsADay * Share * own / weight.Sum(), vault))];
        _mistakes = new(world.Seed, "mistakes");
    }

    public IEnumerable<Step> Steps(Day day) => _clients.SelectMany(client => client.Steps(day)).Concat(Mistakes(day));

    private static OfficeClient Client(World world, int number, double callsADay, VaultContents vault)
    {
        var draws = new Draws(world.Seed, string.Create(CultureInfo.InvariantCulture, $"office {number}"));
        var name = string.Create(CultureInfo.InvariantCulture, $"client:office-{number + 1:00}");
        return new(new ApiClient(name, number + 1), callsADay, new WorkingSet(RecordsEach, Curiosity, vault, draws), draws);
    }

    /// <summary>Each by itself, at any time of the working day. Two people who err within a minute are the false alarm that they are.</summary>
    private IEnumerable<Step> Mistakes(Day day) => Rhythm.IsWeekend(day.Start) || _clients.Length == 0
        ? []
        : Enumerable.Range(0, _mistakes.Poisson(MistakesADay))
            .SelectMany(_ => _mistakes.Pick(_clients).Mistake(day.Start + TimeSpan.FromHours(8) + _mistakes.Within(TimeSpan.FromHours(10))));
}
