using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>What else goes on in the account: other teams' keys, and what AWS services decrypt on somebody's behalf.</summary>
internal sealed class Neighbours(World world, Population population)
{
    private const double PaymentsShare = 0.06;

    private readonly Draws _draws = new(world.Seed, "neighbours");

    public IEnumerable<Step> Steps(Day day) => [.. Payments(day), .. DataLake(day), .. Databases(day), .. Secrets(day)];

    private IEnumerable<Step> Payments(Day day)
    {
        foreach (var hour in day.Hours)
        {
            for (var calls = _draws.Poisson(population.CallsADay * PaymentsShare * day.Level * Rhythm.Service(hour)); calls > 0; calls--)
            {
                var operation = _draws.Happens(0.7) ? "Decrypt" : "GenerateDataKey";
                yield return new(hour + _draws.Within(TimeSpan.FromHours(1)), Cast.PaymentsService, new UseKey(operation, World.Payments, ("table", "cards")));
            }
        }
    }

    /// <summary>Queries: nothing, and then an object a blink, each with a Decrypt of its own.</summary>
    private IEnumerable<Step> DataLake(Day day)
    {
        for (var queries = _draws.Poisson(Rhythm.IsWeekend(day.Start) ? 2 : 9); queries > 0; queries--)
        {
            var at = day.Start + TimeSpan.FromHours(6) + _draws.Within(TimeSpan.FromHours(15));
            for (var objects = 10 + _draws.Below(70); objects > 0; objects--)
            {
                at += _draws.Exponential(TimeSpan.FromSeconds(0.4));
                var pair = ("aws:s3:arn", FormattableString.Invariant($"arn:aws:s3:::datalake/part-{_draws.Below(5000):00000}.parquet"));
                yield return new(at, Cast.ThroughS3, new UseKey("Decrypt", World.DataLake, pair));
            }
        }
    }

    private IEnumerable<Step> Databases(Day day)
    {
        for (var calls = _draws.Poisson(30); calls > 0; calls--)
            yield return new(day.Start + _draws.Within(TimeSpan.FromDays(1)), Cast.ThroughRds, new UseKey("Decrypt", World.Databases, ("aws:rds:db-id", "db-ABCDEFGHIJKL01234")));
    }

    private IEnumerable<Step> Secrets(Day day)
    {
        var pair = ("SecretARN", $"arn:aws:secretsmanager:{world.Region}:{world.Account}:secret:payments-db-a1B2c3");
        for (var calls = _draws.Poisson(96); calls > 0; calls--)
            yield return new(day.Start + _draws.Within(TimeSpan.FromDays(1)), Cast.ThroughSecretsManager, new UseKey("Decrypt", World.Secrets, pair));
    }
}
