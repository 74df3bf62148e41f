using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary><c>normal</c>: nothing in it is an attack.</summary>
/// <remarks>
/// Each hour of each client is Poisson about a mean that is the habit's, times a lognormal day (everybody is busy, or on holiday) and a lognormal hour
/// (people's traffic strays by more than Poisson's noise), times growth. People work in sessions, so what they read comes in small groups.
/// </remarks>
internal static class NormalTraffic
{
    /// <summary>Plans it.</summary>
    /// <param name="world">The account.</param>
    /// <param name="population">How much of everything.</param>
    /// <param name="start">Its first instant.</param>
    /// <param name="length">How long it goes on.</param>
    public static Plan Plan(World world, Population population, DateTimeOffset start, TimeSpan length) => new(Steps(world, population, start, start + length), []);

    private static IEnumerable<Step> Steps(World world, Population population, DateTimeOffset start, DateTimeOffset end)
    {
        var vault = new VaultContents(population.Records);
        var (office, service, batch) = (new Office(world, population, vault), new ServiceClient(world, population, vault), new NightlyBatch(world, vault));
        var (neighbours, operators) = (new Neighbours(world, population), new Operators(world));
        foreach (var day in Days(world, population, start, end))
        {
            // Sessions that begin before midnight may end after it: a step of yesterday's is cut off rather than told out of order.
            Step[] steps = [.. batch.Steps(day), .. office.Steps(day), .. service.Steps(day), .. neighbours.Steps(day), .. operators.Steps(day)];
            foreach (var step in steps.Where(step => step.At >= start && step.At < end && step.At < day.Start.AddDays(1)).OrderBy(step => step.At))
                yield return step;
        }
    }

    private static IEnumerable<Day> Days(World world, Population population, DateTimeOffset start, DateTimeOffset end)
    {
        var draws = new Draws(world.Seed, "days");
        var midnight = new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero);
        for (var number = 0; midnight.AddDays(number) < end; number++)
            yield return new(midnight.AddDays(number), number, Math.Pow(1 + population.WeeklyGrowth, number / 7.0) * draws.LogNormal(0.12));
    }
}
