using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>Those who look after the account: deployments, auditors, Sentinel, and KMS's own rotation of keys.</summary>
internal sealed class Operators(World world)
{
    private static readonly TimeSpan CanaryInterval = TimeSpan.FromMinutes(5);
    private static readonly string[] Keys = [World.Vault, World.Payments, World.Exports, World.DataLake];
    private static readonly string[] OfDeployment = ["DescribeKey", "GetKeyPolicy", "ListResourceTags", "GetKeyRotationStatus"];
    private static readonly string[] OfAudit = ["DescribeKey", "GetKeyPolicy", "ListGrants", "GetKeyRotationStatus"];

    private readonly Draws _draws = new(world.Seed, "operators");

    public IEnumerable<Step> Steps(Day day) => [.. Deployments(day), .. Audits(day), .. Canaries(day), .. Rotations(day)];

    private IEnumerable<Step> Deployments(Day day)
    {
        for (var deployments = Rhythm.IsWeekend(day.Start) ? 0 : _draws.Poisson(2.5); deployments > 0; deployments--)
        {
            var at = day.Start + TimeSpan.FromHours(8) + _draws.Within(TimeSpan.FromHours(9));
            yield return new(at, Cast.Deployer, new BecomeRole(Cast.Deployer.Role));
            yield return new(at += Moment(), Cast.Deployer, new ListKeys("ListAliases"));
            foreach (var operation in OfDeployment)
                yield return new(at += Moment(), Cast.Deployer, new OnKey(operation, World.Vault));
        }
    }

    private IEnumerable<Step> Audits(Day day)
    {
        if (Rhythm.IsWeekend(day.Start) || !_draws.Happens(0.3))
            yield break;

        var at = day.Start + TimeSpan.FromHours(9) + _draws.Within(TimeSpan.FromHours(7));
        yield return new(at, Cast.Auditor, new ListKeys("ListKeys"));
        yield return new(at += Moment(), Cast.Auditor, new OnTrail("DescribeTrails"));
        yield return new(at += Moment(), Cast.Auditor, new OnTrail("LookupEvents"));
        foreach (var key in Keys)
        {
            foreach (var operation in OfAudit)
                yield return new(at += Moment() * 5, Cast.Auditor, new OnKey(operation, key));
        }
    }

    private static IEnumerable<Step> Canaries(Day day)
    {
        for (var at = day.Start; at < day.Start.AddDays(1); at += CanaryInterval)
        {
            yield return new(at, Cast.Sentinel, new UseKey("Encrypt", World.Canary, ("canary", FormattableString.Invariant($"{at.ToUnixTimeSeconds()}"))));
            if (at.Minute == 0)
                yield return new(at.AddSeconds(1), Cast.Sentinel, new OnTrail("GetTrailStatus"));
        }
    }

    /// <summary>Each key has its day of the month here, or a month of trail would have none.</summary>
    private IEnumerable<Step> Rotations(Day day) => Keys.Select((key, number) => (key, number)).Where(one => day.Number % 28 == 3 + (one.number * 7))
        .Select(one => new Step(day.Start + _draws.Within(TimeSpan.FromDays(1)), new AwsInternal(), new ServiceEvent("RotateKey", one.key)));

    private TimeSpan Moment() => TimeSpan.FromSeconds(0.2) + _draws.Exponential(TimeSpan.FromSeconds(1.5));
}
