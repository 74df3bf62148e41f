using KmsLab.Simulator.Plans;
using KmsLab.Simulator.Scenarios.Attacks;
using KmsLab.Simulator.Scenarios.Normal;

namespace KmsLab.Simulator.Live;

/// <summary>A scenario for a live run: the same plans as in files, smaller.</summary>
internal static class LivePlan
{
    /// <summary>A Tuesday morning: there is no rush at night that a demonstration could show.</summary>
    private static readonly DateTimeOffset Start = new(2026, 1, 13, 8, 30, 0, TimeSpan.Zero);

    /// <summary>More than the window of <c>kms-error-burst</c>.</summary>
    private static readonly TimeSpan MistakesApart = TimeSpan.FromMinutes(2);

    private static readonly Population Office = new(CallsADay: 3000, Records: 60);

    /// <summary>How many texts the scenario's people have stored before it begins.</summary>
    public static int RecordsOf(ScenarioInfo scenario) => scenario.Id switch
    {
        "normal" => Office.Records,
        "burst-exfiltration" => 60,
        "slow-exfiltration" => 40,
        "attested-exfiltration" => 220, // decrypt-spread looks at readers of 200 and more.
        "key-guessing" => 5,
        _ => 0,
    };

    public static Plan Of(ScenarioInfo scenario, LiveSettings settings, LabTarget target, double speed)
    {
        var world = new World(settings.Seed, target.AccountId, target.Region)
        {
            TrailName = target.TrailName,
            Alias = target.KeyAlias,
            ApplicationRole = target.ApplicationRole,
        };
        if (scenario.IsAttack)
            return AttackPlans.Of(new(world, scenario, Start, scenario.Length, RecordsOf(scenario)) { Pace = settings.Pace });

        var normal = NormalTraffic.Plan(world, Office, Start, settings.For * speed);
        return normal with { Steps = WithoutBursts(normal.Steps, MistakesApart * speed) };
    }

    /// <summary>
    /// Time that is compressed makes a burst of what people mistype an hour apart, and KMS, which knows the application only, takes it for guessing. So of mistakes
    /// that come too close to each other on the clock on the wall only the first is made.
    /// </summary>
    private static IEnumerable<Step> WithoutBursts(IEnumerable<Step> steps, TimeSpan apart)
    {
        DateTimeOffset? last = null;
        foreach (var step in steps)
        {
            var isMistake = step.Act is ReadText { WithWrongKey: true };
            if (isMistake && step.At - last < apart)
                continue;
            if (isMistake)
                last = step.At;
            yield return step;
        }
    }
}
